"""`make` has few targets, and says what they take; a tool is named to it."""

import re
import runpy
import subprocess
import sys

import pytest
from places import ROOT

from benchmarks.__main__ import drivers

HERE = ROOT / "book" / "tools"
COMMAND = runpy.run_path(str(HERE / "__main__.py"))
TOOLS, PURPOSE = COMMAND["TOOLS"], COMMAND["purpose"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*?  ## (.+)$", MAKEFILE, re.M)
HELP = "\n".join(re.findall(r"^##  (.+)$", MAKEFILE, re.M))
PROSE = [
    path
    for pattern in ("*.md", "book/*.md", "**/*.py", "notebooks/**/*.ipynb")
    for path in sorted(ROOT.glob(pattern))
    if not {"_build", ".venv", ".cache"} & set(path.parts)
]


def tool(*words):
    return subprocess.run(
        [sys.executable, HERE, *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )


def named(word):
    """Find what `make help` says may follow, as in `WHAT=ladder, mistakes`."""
    lines = re.findall(rf"^{word}=([^:]+):", HELP, re.M)
    lines = [re.sub(r"\b[A-Z]+=.*", "", line) for line in lines]
    return set(re.findall(r"\w+", " ".join(lines))) - {"or"}


def test_there_are_at_most_14_targets_and_all_say_what_they_do():
    names = [name for name, _ in TARGETS]
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[1].split()
    assert names == phony
    assert len(names) <= 14


def test_help_names_all_that_can_be_measured():
    assert named("WHAT") == set(drivers())


def test_help_names_every_tool():
    assert named("NAME") == set(TOOLS)


def test_every_tool_is_listed_with_its_purpose():
    result = tool()
    lines = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert result.returncode == 0
    assert dict(lines) == {name: PURPOSE(name) for name in TOOLS}


def test_an_unknown_tool_says_what_there_is():
    result = tool("turnip")
    assert result.returncode == 2
    assert "no 'turnip'" in result.stderr
    assert all(name in result.stderr for name in TOOLS)


def test_more_words_go_to_the_tool():
    result = tool("address", "nowhere")
    assert "'nowhere' is no address of a repository" in result.stderr


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_can_be_run_alone(name):
    text = (HERE / f"{TOOLS[name]}.py").read_text("utf-8")
    assert 'if __name__ == "__main__":' in text
    assert PURPOSE(name).endswith(".")


@pytest.mark.parametrize(
    "path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_make_is_told_only_what_it_knows(path):
    """Where a command stands alone in code, or in a line of a listing."""
    text = path.read_text("utf-8")
    found = re.findall(r"(?:^|`)make ([a-z][\w-]*)", text, re.M)
    assert set(found) <= {name for name, _ in TARGETS}
    assert set(re.findall(r"make tool NAME=(\w+)", text)) <= set(TOOLS)


def test_make_book_copies_whatever_a_page_includes():
    copied = re.search(r"cp -R (.*) \$\(BOOK\)", MAKEFILE)[1].split()
    included = {
        (page.parent / path).resolve().relative_to(ROOT).parts[0]
        for page in (ROOT / "book").glob("*.md")
        for path in re.findall(
            r"^```\{literalinclude\} (\S+)", page.read_text("utf-8"), re.M
        )
    }
    assert {"imdbtutor", "tests"} <= included <= {*copied}
