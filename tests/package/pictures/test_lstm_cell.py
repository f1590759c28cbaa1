"""The picture of a step: each number it shows is one that it was given."""

import re
from xml.etree import ElementTree

import pytest
import torch

from imdbtutor.models.cell import LSTMCell
from imdbtutor.pictures.lstm_cell import draw_lstm_step

MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"


@pytest.fixture(scope="module")
def numbers():
    """One step of the book's own cell, with all that lies between."""
    torch.manual_seed(3)
    cell = LSTMCell(2, 2)
    x, h, c = torch.randn(3, 1, 2)
    with torch.no_grad():
        sums = x @ cell.weight_ih.T + cell.bias_ih
        sums = sums + h @ cell.weight_hh.T + cell.bias_hh
        new_h, new_c = cell(x, (h, c))
    i, f, g, o = sums.chunk(4, dim=1)
    found = {"x": x, "h": h, "c": c, "sums": sums, "new_c": new_c}
    found |= {"f": f.sigmoid(), "i": i.sigmoid(), "g": g.tanh()}
    found |= {"o": o.sigmoid(), "kept": f.sigmoid() * c, "new_h": new_h}
    return {name: some[0].tolist() for name, some in found.items()}


def texts(picture):
    """For each frame, by its name, all that is written in it."""
    root = ElementTree.fromstring(picture.svg())
    return {
        g.get("data-frame"): [t.text for t in g.iter() if t.text]
        for g in root
        if g.get("data-frame")
    }


def as_number(written):
    return float(written.replace(MINUS, "-"))


def test_the_whole_step_shows_every_vector(numbers):
    shown = texts(draw_lstm_step(numbers))["the whole step"]
    found = [as_number(t) for t in shown if re.fullmatch(r"\W?\d\.\d\d", t)]
    names = ("x", "h", "c", "f", "i", "g", "o", "new_c", "new_h")
    given = [round(value, 2) for name in names for value in numbers[name]]
    assert sorted(found) == sorted(given)


@pytest.mark.parametrize(
    ("step", "work_out"),
    [
        ("3. forget", lambda f, c: f * c),
        ("4. write", lambda f, c, i, g: f * c + i * g),
        ("5. show", lambda o, c: o * torch.tensor(c).tanh().item()),
    ],
)
def test_the_arithmetic_comes_out(numbers, step, work_out):
    lines = [t for t in texts(draw_lstm_step(numbers))[step] if TIMES in t]
    lines = [line for line in lines if "=" in line]
    assert len(lines) == 2
    for line in lines:
        *given, result = map(as_number, re.findall(rf"{MINUS}?\d\.\d\d", line))
        assert work_out(*given) == pytest.approx(result, abs=0.02)


def test_an_extreme_is_a_frame_with_its_own_numbers(numbers):
    stays = numbers | {"f": [1, 1], "i": [0, 0], "new_c": numbers["c"]}
    shown = texts(draw_lstm_step(numbers, {"it stays": stays}))["it stays"]
    kept = f"{numbers['c'][0]:.2f}".replace("-", MINUS)
    assert shown.count(kept) == 2
    assert shown.count("1.00") >= 2


def test_each_step_has_its_formula_and_its_code(numbers):
    shown = texts(draw_lstm_step(numbers))
    assert "kept = f * c" in shown["3. forget"]
    assert "new_c = kept + i * g" in shown["4. write"]
    assert "new_h = o * new_c.tanh()" in shown["5. show"]
    assert any("⊙ tanh" in line for line in shown["5. show"])


def test_the_picture_stays_small(numbers):
    extremes = {"one": numbers, "two": numbers}
    assert len(draw_lstm_step(numbers, extremes).svg()) < 65_000
