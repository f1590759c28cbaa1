import re

import pytest

from imdbtutor.models.encoder import Encoder, EncoderConfig
from imdbtutor.models.fine_tuned import FineTuned
from imdbtutor.pictures.fine_tuning import draw_fine_tuning

CONFIG = EncoderConfig(
    vocab_size=40, width=12, num_layers=4, num_heads=3, inner=20, positions=9
)


def size(numbers):
    return sum(p.numel() for p in numbers)


@pytest.fixture(scope="module")
def picture():
    model = FineTuned(Encoder(CONFIG))
    block = size(model.encoder.blocks[0].parameters())
    linear = size(model.linear.parameters())
    tables = size(model.parameters()) - 4 * block - linear
    counts = {"linear": linear, "block": block, "tables": tables}
    return draw_fine_tuning(4, counts)


@pytest.mark.parametrize("fixed", range(5))
def test_a_frame_tells_how_many_numbers_pytorch_would_train(picture, fixed):
    model = FineTuned(Encoder(CONFIG), fixed=fixed)
    trained = size(p for p in model.parameters() if p.requires_grad)
    name, drawn = picture.frames[fixed]
    assert name == f"{fixed} blocks fixed"
    assert f">{trained:,} numbers are trained<" in drawn


@pytest.mark.parametrize(("fixed", "filled"), [(0, 6), (1, 4), (3, 2), (4, 1)])
def test_what_is_trained_is_filled(picture, fixed, filled):
    _, drawn = picture.frames[fixed]
    assert drawn.count('fill-opacity="0.35"') == filled
    assert drawn.count("<rect") == 6


def test_the_gradient_comes_back_to_the_lowest_trained_layer(picture):
    ends = []
    for _, drawn in picture.frames:
        path = re.search(r'<path d="M([^"]*)"[^>]*dasharray', drawn)[1]
        ends.append(float(path.split("L")[-1].split()[0]))
    assert ends == sorted(ends)
    assert len(set(ends)) == 5


def test_everything_is_inside_the_picture(picture):
    width, height = picture.size
    for drawn in [*picture.parts, *(frame for _, frame in picture.frames)]:
        for x, y in re.findall(r'x="([\d.]+)" y="([\d.]+)"', drawn):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height
