"""Run every notebook below a folder, and save its outputs."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from nbclient import NotebookClient

KEPT = ("tags", "mystnb")
MOST = 4  # chapters at a time: each takes a gigabyte or more


def run_chapter(path: Path) -> float:
    """Run one notebook from top to bottom and save it.

    Progress bars are kept as they end, errors as their last line, and time
    stamps not at all, so that two runs with equal results are equal files.

    Args:
        path: The notebook; it runs in its own folder.

    Returns:
        The seconds it took.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell fails that is not
            tagged `raises-exception`; the file is then left as it was.
    """
    started = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=3_600,  # a slow or busy computer takes ten times as long
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # the rest names folders
                output.traceback = output.traceback[-1:]
        kept = {key: cell.metadata.get(key) for key in KEPT}
        cell.metadata = {key: value for key, value in kept.items() if value}
    nbformat.write(notebook, path)
    return time.perf_counter() - started


def main(folder: str, number: str = "") -> None:
    """Run all chapters, or one, side by side; tell how long each took.

    Late chapters take longest and come first, so that no core waits for one.
    Where one fails, those that run are finished, and no other begins.

    Args:
        folder: Where the chapters are, with `solutions` in it.
        number: That of a chapter, such as "07"; empty for all of them.

    Raises:
        FileNotFoundError: If there is no chapter of that number.
    """
    chapters = sorted(Path(folder).glob(f"{number}*.ipynb"))
    solutions = sorted(Path(folder).glob(f"solutions/{number}*.ipynb"))
    paths = [*reversed(chapters), *solutions]
    if not paths:
        raise FileNotFoundError(
            f"no chapter {number} in '{folder}'. Numbers have two digits: 07."
        )
    started = time.perf_counter()
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST)) as pool:
        runs = {pool.submit(run_chapter, path): path for path in paths}
        try:
            for done, run in enumerate(as_completed(runs), start=1):
                name = runs[run].relative_to(folder).with_suffix("")
                took = f"{run.result():.0f} s"
                print(f"{done}/{len(paths)} {name} {took}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    minutes = (time.perf_counter() - started) / 60
    print(f"all chapters: {minutes:.1f} minutes", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
