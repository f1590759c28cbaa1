"""Run every notebook below a folder, in order, and save its outputs."""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

KEPT = ("tags", "mystnb")


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
    """Run all chapters, or one, and tell how long each took.

    Args:
        folder: Where the chapters are, with `solutions` in it.
        number: That of a chapter, such as "07"; empty for all of them.

    Raises:
        FileNotFoundError: If there is no chapter of that number.
    """
    chapters = sorted(Path(folder).glob(f"{number}*.ipynb"))
    solutions = sorted(Path(folder).glob(f"solutions/{number}*.ipynb"))
    paths = [*chapters, *solutions]
    if not paths:
        raise FileNotFoundError(
            f"no chapter {number} in '{folder}'. Numbers have two digits: 07."
        )
    total = 0.0
    for number, path in enumerate(paths, start=1):
        print(f"{number}/{len(paths)} {path.stem} ", end="", flush=True)
        seconds = run_chapter(path)
        total += seconds
        print(f"{seconds:.0f} s", flush=True)
    print(f"all chapters: {total / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
