"""Every line of the ledger, and the case that shows it."""

import ast
import csv
import importlib
import inspect
import re
from collections import Counter

import pytest
from places import ROOT

pytest.register_assert_rewrite("ledger_cases")


PAGE = (ROOT / "book" / "ledger.md").read_text(encoding="utf-8")
INTRO = PAGE.partition("## Snippets")[0]
MODULES = ["basics", "data", "model", "training", "evaluation"]
CASES = {
    name.upper(): case
    for module in MODULES
    for name, case in vars(
        importlib.import_module(f"ledger_cases.{module}")
    ).items()
    if re.fullmatch(r"[sc]\d\d", name)
}


def read(kind):
    path = ROOT / "book" / f"ledger_{kind}.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SNIPPETS, CLAIMS = read("snippets"), read("claims")
LINES = {line["Id"]: line for line in SNIPPETS + CLAIMS}
REPRODUCED = ("yes", "in part: ")


def figures(text):
    """Find the numbers of two digits and more, without code and ids."""
    text = re.sub(r"`[^`]*`|\b[SC]\d\d\b", " ", text)
    found = re.findall(r"\d[\d,.]*\d", text)
    return {float(number.replace(",", "")) for number in found}


def numbers(case):
    """Find the numbers that a case and its module compute with."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(case)))
    kept = [
        node
        for node in tree.body
        if not re.fullmatch(r"[sc]\d\d", getattr(node, "name", ""))
        or node.name == case.__name__
    ]
    return {
        leaf.value
        for node in kept
        for leaf in ast.walk(node)
        if isinstance(leaf, ast.Constant)
        and isinstance(leaf.value, int | float)
    }


NAMES = sorted(CASES, key=lambda name: (name[0] == "C", name))
SLOW = {"C17", "C19", "C26", "C29"}  # a second each
each_case = pytest.mark.parametrize("name", NAMES)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
        for name in NAMES
    ],
)
def test_a_line_of_the_ledger_can_be_seen(name, request):
    case = CASES[name]
    wanted = inspect.signature(case).parameters
    case(**{fixture: request.getfixturevalue(fixture) for fixture in wanted})


def test_all_35_snippets_and_81_claims_are_there_in_order():
    ids = [line["Id"] for line in SNIPPETS + CLAIMS]
    snippets = [f"S{number:02}" for number in range(1, 36)]
    claims = [f"C{number:02}" for number in range(1, 82)]
    assert ids == snippets + claims


def test_a_line_has_a_case_if_it_says_so_and_a_reason_if_not():
    for name, line in LINES.items():
        said = line["Case"]
        assert said == "yes" or said.startswith(("in part: ", "no: "))
        assert (name in CASES) == said.startswith(REPRODUCED)
    assert set(CASES) <= set(LINES)


def test_whatever_fails_or_is_silently_wrong_is_reproduced():
    for line in SNIPPETS:
        assert line["Case"].startswith(REPRODUCED)


@pytest.mark.parametrize(
    ("lines", "heading"), [(SNIPPETS, "Snippets"), (CLAIMS, "Claims")]
)
def test_the_page_explains_every_verdict_and_counts_it(lines, heading):
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    told = re.findall(r"^- \*\*(.+?)\*\* \((\d+)\):", section, re.MULTILINE)
    counts = Counter(line["Verdict"] for line in lines)
    assert {word: int(count) for word, count in told} == counts


def test_the_figures_before_the_tables_are_those_of_the_tables():
    verdicts = [line["Verdict"] for line in SNIPPETS]
    assert re.findall(r"\b\d+\b", INTRO) == [
        str(len(SNIPPETS)),
        str(verdicts.count("fails")),
        str(verdicts.count("silently wrong")),
        str(verdicts.count("works, other output")),
        str(len(CLAIMS)),
    ]
    assert set(verdicts[20:]) == {"fails"}


@each_case
def test_a_figure_in_a_line_is_one_that_its_case_shows(name):
    _, _, _, what_is_so, *_ = LINES[name].values()
    assert figures(what_is_so) <= numbers(CASES[name])


def test_every_line_names_chapters_that_exist():
    links = dict(re.findall(r"^\[(\w+)\]: (\S+)$", PAGE, re.MULTILINE))
    for line in LINES.values():
        for text, key in re.findall(r"\[(\w+)\]\[(\w+)\]", line["Where"]):
            target = (ROOT / "book" / links[key]).resolve()
            assert target.is_file()
            assert text == key or target.name.startswith(f"{int(text):02}_")
        assert re.fullmatch(r"\[.+\]", line["Where"])


def test_no_cell_of_the_tables_is_empty_or_has_more_than_60_words():
    for line in LINES.values():
        for cell in line.values():
            assert 0 < len(cell.split()) <= 60
