"""The checks of the exercises: stubs, solutions and wrong answers."""

import importlib
import itertools
import math
import re
from pathlib import Path

import nbformat
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from places import NOTEBOOKS

from imdbtutor.checks import check, stages, values
from imdbtutor.checks.stages import EMPTY

FOLDER = Path(__file__).parent
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))
CALL = re.compile(r'check\("(\d\d\.\d)", (\w+)\)')


def answers(path):
    """Pair each exercise of a notebook with the cell before its check."""
    cells = [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]
    return {
        call[1]: (stub.source, cell)
        for stub, cell in itertools.pairwise(cells)
        if (call := CALL.fullmatch(cell.source))
    }


STUBS = {n: stub for path in CHAPTERS for n, stub in answers(path).items()}
SOLUTIONS = {
    number: solution
    for path in sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
    for number, solution in answers(path).items()
}
WRONG = {
    number: wrong
    for path in CHAPTERS
    for number, wrong in importlib.import_module(
        f"wrong_answers.chapter_{path.stem[:2]}"
    ).WRONG.items()
}
SLIPS = [(n, hint, slip) for n in WRONG for hint, slip in WRONG[n]]
UNUSUAL = [
    (number, right)
    for path in sorted(FOLDER.glob("right_answers/chapter_*.py"))
    for number, found in importlib.import_module(
        f"right_answers.{path.stem}"
    ).RIGHT.items()
    for right in found
]
NUMBERS = sorted(STUBS)

SLOW = pytest.mark.slow
each_exercise = pytest.mark.parametrize("number", NUMBERS)


def shown(cell):
    return "".join(out["data"]["text/plain"] for out in cell.outputs)


def test_there_are_at_least_35_exercises_three_to_five_a_chapter():
    assert len(NUMBERS) >= 35
    for path in CHAPTERS:
        assert 3 <= len(answers(path)) <= 5


def test_every_exercise_has_a_solution_and_wrong_answers():
    assert NUMBERS == sorted(SOLUTIONS) == sorted(WRONG)


@each_exercise
def test_the_stub_of_an_exercise_falls_short(number):
    source, cell = STUBS[number]
    names = {}
    exec(f"from torch import nn\n{source}", names)
    verdict = check(number, names[CALL.fullmatch(cell.source)[2]])
    assert not verdict.passed
    assert EMPTY in verdict.message


@each_exercise
def test_the_chapter_shows_that_its_stub_falls_short(number):
    assert shown(STUBS[number][1]).startswith(f"{number} not yet.")


@each_exercise
def test_the_solution_passed_when_its_notebook_ran(number):
    assert shown(SOLUTIONS[number][1]).startswith(f"{number} passed.")


@pytest.mark.slow
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_solutions_pass_whatever_the_fresh_inputs(path):
    names = {}
    plain = TransformerManager().transform_cell
    notebook = nbformat.read(NOTEBOOKS / "solutions" / path.name, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(plain(cell.source), names)
    for number, (_, cell) in answers(path).items():
        answer = names[CALL.fullmatch(cell.source)[2]]
        assert [
            v
            for v in (check(number, answer) for _ in range(30))
            if not v.passed
        ] == []


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=SLOW)])
@pytest.mark.parametrize(
    ("number", "hint", "slip"), SLIPS, ids=[f"{n}-{h}" for n, h, _ in SLIPS]
)
def test_a_wrong_answer_gets_the_hint_it_needs(number, hint, slip, times):
    for _ in range(times):
        verdict = check(number, slip)
        assert not verdict.passed
        assert hint in verdict.message


@each_exercise
def test_wrong_answers_are_told_apart(number):
    messages = {check(number, slip).message for _, slip in WRONG[number]}
    assert len(WRONG[number]) >= 3
    assert len(messages) == len(WRONG[number])


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=SLOW)])
@pytest.mark.parametrize(("number", "right"), UNUSUAL)
def test_an_unusual_right_answer_passes(number, right, times):
    failed = [
        verdict
        for verdict in (check(number, right) for _ in range(times))
        if not verdict.passed
    ]
    assert failed == []


@pytest.mark.parametrize(("number", "right"), UNUSUAL)
def test_nothing_is_written_out_for_an_answer_that_passes(
    number, right, monkeypatch
):
    check(number, right)  # imports the chapter's checks
    for module in (stages, values):
        monkeypatch.setattr(module, "show", Awkward())
    assert check(number, right).passed


def test_a_long_value_is_cut_after_a_whole_number():
    text = values.show(torch.arange(1_000, 1_100))
    assert len(text) <= 200
    assert re.fullmatch(r"tensor\(\[(\d{4}, )+\.\.\.", text)


def test_a_call_shows_large_inputs_by_their_shapes():
    inputs = [torch.rand(8, 3)] * 6
    verdict = check("07.2", lambda *inputs: inputs[0] @ inputs[1])
    assert len(repr(verdict).splitlines()) <= 6
    text = stages.called(print, inputs)
    assert text.count("a tensor of shape (8, 3)") == 6


def test_an_error_s_reason_and_the_hint_stand_on_lines_of_their_own():
    verdict = check("12.2", lambda t, a, b, n: math.log(t * n / (a * b)))
    assert not verdict.passed
    verdict = check("12.2", lambda t, a, b, n: max(0, math.log(t * n / a / b)))
    assert verdict.message.splitlines()[-1].startswith("Words that never meet")


class Awkward:
    """Fail at whatever is asked of it."""

    def __getattr__(self, name):
        raise ValueError(name)

    def __repr__(self):
        raise ValueError("no name")

    def __call__(self, *inputs):
        raise SystemExit(1)


ODD = {
    "None": None,
    "dots": ...,
    "zero": 0,
    "text": "answer",
    "list": [],
    "object": object(),
    "awkward object": Awkward(),
    "awkward class": Awkward,
    "print": print,
    "one argument too few": lambda: 1,
    "its own inputs": lambda *inputs: inputs,
    "awkward result": lambda *inputs: Awkward(),
    "an error": lambda *inputs: 1 / 0,
    "exit": lambda *inputs: exit(),
    "not a number": lambda *inputs: float("nan"),
}


@each_exercise
@pytest.mark.parametrize("kind", ODD)
def test_a_check_never_raises(number, kind):
    assert not check(number, ODD[kind]).passed


@given(st.one_of(st.text(), st.integers(), st.none(), st.binary()))
def test_a_number_that_does_not_exist_is_said_so(number):
    verdict = check(number, 1)
    assert "no exercise of this number" in verdict.message


def test_a_verdict_fits_the_width_of_a_cell():
    verdict = check("01.2", lambda reviews, width: [[0] * 40] * 9)
    assert max(map(len, repr(verdict).splitlines())) <= 79


def test_a_check_leaves_the_reader_s_seed_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    check("01.2", print)
    check("08.3", SOLUTIONS)
    assert torch.equal(torch.rand(3), expected)
