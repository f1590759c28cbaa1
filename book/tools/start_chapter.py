"""Start a chapter: notebook, solutions, checks, a place in every list.

`make tool NAME=chapter N=16 TITLE="Borrow word vectors"` writes the notebook,
its solutions, the checks of its exercises and wrong answers to them, runs both
notebooks, and lists the chapter. All of it passes the tests, but for the
length; the texts and the exercises, three times the same, are yours to
replace.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from string import Template

import write_lists
from list_chapters import ROOT, cells, chapters, road

NUMBERS = (1, 2, 3)  # of questions and of exercises
BOX = """\
:::{admonition} This chapter
:class: tip
**What you'll build:** something that the reader can show at the end.

**What you'll learn:** three or four things, each in a few words.

**What you'll need:** chapters 7 and 8; about 5 seconds of running time on two
CPU cores.
:::"""
TASK = "write `answer_$k(numbers)`: a list of the numbers, doubled."
STUB = "def answer_$k(numbers):\n    return ..."
SOLUTION = (
    "def answer_$k(numbers):\n    return [2 * number for number in numbers]"
)
CHECK = 'check("$number.$k", answer_$k)'
RIGHT = """\
<details class="answer right">
<summary>The right answer.</summary>

**Right.** A sentence that says why.

</details>"""
WRONG = RIGHT.replace("answer right", "answer wrong").replace(
    "**Right.**", "**No.**"
)
CHECKS_HEAD = '''\
"""Chapter $n: $begun."""

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import whole
'''
CHECKS = """

@exercise("$number.$k")
def _answer_$k(answer):
    for numbers in ([3, 1, 4], whole(3, 9, 4).tolist()):
        right = [2 * number for number in numbers]
        squares = [number**2 for number in numbers]
        tempting = [
            (numbers, "Those are the numbers as they were."),
            (squares, "Those are the squares, not twice as much."),
            (sum(right), "That is their sum; return a number for each."),
        ]
        try_on(answer, numbers, expected=right, tempting=tempting)
    return "Twice as much of each."
"""
SLIPS = """\
    "$number.$k": [
        ("as they were", lambda numbers: numbers),
        ("the squares", lambda numbers: [n * n for n in numbers]),
        ("a number for each", lambda numbers: 2 * sum(numbers)),
    ],
"""


def fill(text: str, n: int, title: str = "", k: int = 0) -> str:
    """Put a chapter's number and title and an exercise's place in."""
    begun = title[:1].lower() + title[1:]
    return Template(text).substitute(
        n=n, number=f"{n:02}", title=title, begun=begun, k=k
    )


def name(n: int, title: str) -> str:
    """Return the name of a chapter's files.

    Raises:
        ValueError: If it is not the next chapter, or if the title is not one.
    """
    last = int(chapters()[-1].name[:2])
    if n != last + 1:
        raise ValueError(
            f"the next chapter is {last + 1}, not {n}: say N={last + 1}."
        )
    if not re.fullmatch(r"[A-Z][a-z]*( [A-Za-z]+)+", title):
        raise ValueError(
            f"{title!r} is no title: expected are a verb, what it is done to, "
            f'and letters alone, such as TITLE="Borrow word vectors".'
        )
    return f"{n:02}_{title.lower().replace(' ', '_')}"


def chapter(n: int, title: str, stem: str) -> list[tuple[str, str]]:
    """Write the cells of the chapter, each after its kind."""
    last = chapters()[-1]
    _, badge, *others = cells(last)
    install = next(cell for cell in others if "%pip install" in cell)
    made = [
        ("markdown", f"# {title}\n\nIn two sentences: what you do, and why."),
        ("markdown", badge.replace(last.stem, stem)),
        ("markdown", BOX),
        ("setup", install),
        ("code", "from imdbtutor.checks import check"),
        ("markdown", "## Look first\n\nThe sentence ends in a question?"),
        ("code", "numbers = [3, 1, 4]\nsorted(numbers)"),
        ("markdown", "Say what was seen.\n\n## Summary\n\n- What was seen."),
        (
            "markdown",
            "## Questions\n\n"
            "Click on an answer to see whether it is right, and why.",
        ),
    ]
    for k in NUMBERS:
        answers = [RIGHT if k == place else WRONG for place in NUMBERS]
        made.append(
            ("markdown", "\n\n".join([f"**{k}. What is it?**", *answers]))
        )
    made.append(
        (
            "markdown",
            "## Exercises\n\nRun the checks as often as you like.\n"
            f"[One way to solve them](solutions/{stem}.ipynb).",
        )
    )
    for k in NUMBERS:
        task = fill(TASK, n, k=k)
        made += [
            ("markdown", f"**Exercise {n:02}.{k}.** W{task[1:]}"),
            ("code", fill(STUB, n, k=k)),
            ("code", fill(CHECK, n, k=k)),
        ]
    end = "## Where to read on\n\nA source or two.\n\nThe last chapter so far."
    return [*made, ("markdown", end)]


def solutions(n: int, title: str, stem: str) -> list[tuple[str, str]]:
    """Write the cells of the solutions, each after its kind."""
    install = next(c for c in cells(chapters()[-1]) if "%pip install" in c)
    head = (
        f"# Solutions: $begun\n\nOne way to solve each exercise of "
        f"[the chapter](../{stem}.ipynb). Yours may\nlook different and be "
        f"as good: what counts is what `check` says."
    )
    made = [
        ("markdown", fill(head, n, title)),
        ("setup", install),
        ("code", "from imdbtutor.checks import check"),
    ]
    for k in NUMBERS:
        task = fill(TASK, n, k=k)
        made += [
            ("markdown", f"## Exercise {n:02}.{k}\n\nW{task[1:]}"),
            ("code", fill(SOLUTION, n, k=k)),
            ("code", fill(CHECK, n, k=k)),
        ]
    return made


def notebook(made: list[tuple[str, str]], prefix: str) -> str:
    """Write cells as a notebook."""
    written = []
    for place, (kind, text) in enumerate(made):
        cell = {
            "cell_type": "markdown" if kind == "markdown" else "code",
            "id": f"{prefix}-{place:08x}",
            "metadata": {"tags": ["remove-cell"]} if kind == "setup" else {},
            "source": text.splitlines(keepends=True),
        }
        if kind != "markdown":
            cell |= {"execution_count": None, "outputs": []}
        written.append(cell)
    kernel = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    return json.dumps(
        {
            "cells": written,
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=1,
    )


def files(n: int, title: str) -> dict[Path, str]:
    """Return what stands in each file of a new chapter.

    Raises:
        ValueError: As `name` does.
    """
    stem = name(n, title)
    checks = [fill(CHECKS, n, k=k) for k in NUMBERS]
    slips = [fill(SLIPS, n, k=k) for k in NUMBERS]
    notebooks = ROOT / "notebooks"
    module = f"chapter_{n:02}.py"
    return {
        notebooks / f"{stem}.ipynb": notebook(
            chapter(n, title, stem), f"{n:02}"
        ),
        notebooks / "solutions" / f"{stem}.ipynb": notebook(
            solutions(n, title, stem), f"s{n:02}"
        ),
        ROOT / "imdbtutor" / "checks" / module: "".join(
            [fill(CHECKS_HEAD, n, title), *checks]
        ),
        ROOT / "tests" / "book" / "wrong_answers" / module: "".join(
            ["WRONG = {\n", *slips, "}\n"]
        ),
    }


def main(number: str = "", title: str = "") -> None:
    """Write a chapter's files, list it, and run it."""
    n = int(number) if number.isdigit() else 0
    try:
        made = files(n, title)
    except ValueError as error:
        sys.exit(str(error))
    there = [path.relative_to(ROOT) for path in made if path.exists()]
    if there:
        sys.exit(f"nothing written: {', '.join(map(str, there))} is there.")
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    road_map = ROOT / "book" / "road_map.csv"
    part = road()[-1]["Part"]
    with open(road_map, "a", encoding="utf-8") as file:
        file.write(f"{n},{part},a few words\n")
    write_lists.main()
    run = ROOT / "book" / "tools" / "run_chapters.py"
    command = [sys.executable, run, ROOT / "notebooks", f"{n:02}"]
    subprocess.run(command, check=True)
    print("Yours to write, in these places:")
    for path in [*made, road_map]:
        print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
