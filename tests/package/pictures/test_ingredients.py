import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from imdbtutor.models.informed import read_in_chunks
from imdbtutor.models.ngrams import held_out_weights
from imdbtutor.pictures.ingredients import (
    draw_chunks,
    draw_held_out,
    draw_table_as_product,
)


def words(svg):
    return [
        part.text
        for part in ElementTree.fromstring(svg).iter()
        if part.tag.endswith("text")
    ]


def test_a_words_row_of_the_table_shows_its_numbers():
    picture = draw_table_as_product(
        "dull", ["plot", "joy"], [1.25, 0.0], size=3_000, dim=7
    )
    drawn = words(picture.svg())
    assert {"dull", "plot", "joy", "1.2", "0.0"} <= set(drawn)
    assert {"3,000 by 3,000", "3,000 by 7", "7 by 3,000"} <= set(drawn)


def test_a_row_of_zeros_can_be_drawn():
    svg = draw_table_as_product("a", ["b"], [0.0], size=2, dim=1).svg()
    assert "0.0" in words(svg)


@pytest.mark.parametrize("held", range(4))
def test_the_part_that_is_read_is_not_among_those_learned_from(held):
    sizes = [10, 20, 30, 40]
    name, drawn = draw_held_out(sizes).frames[held]
    assert name == f"{held + 1} of 4"
    assert f"learned from {100 - sizes[held]} reviews" in drawn
    assert f"for the {sizes[held]} of part {held + 1}" in drawn
    assert drawn.count('fill-opacity="0.00"') == 1


def test_the_parts_are_of_the_sizes_that_the_package_makes():
    """The chapter works out the sizes before it makes the parts."""
    labels = np.array([0] * 13 + [1] * 24)
    counts = np.ones((len(labels), 3), dtype=np.float32)
    part, _ = held_out_weights(csr_matrix(counts), labels, folds=5)
    sizes = sum(np.bincount(np.arange(n) * 5 // n) for n in (13, 24))
    assert sizes.tolist() == np.bincount(part).tolist()


class Spy(torch.nn.Module):
    """A layer that keeps the lengths it is told."""

    def forward(self, values, lengths):
        self.lengths = lengths.tolist()
        return values


@pytest.mark.parametrize("lengths", [[200, 140], [64], [1, 65, 128]])
def test_the_pieces_hold_as_many_tokens_as_the_package_reads(lengths):
    spy = Spy()
    values = torch.zeros(len(lengths), max(lengths), 2)
    read_in_chunks(spy, values, torch.tensor(lengths), 64)
    drawn = words(draw_chunks(lengths, 64).svg())
    shown = [word for word in drawn if re.fullmatch(r"\d+", word)]
    for length in lengths:  # each review's own length stands before it
        shown.remove(str(length))
    assert list(map(int, shown)) == spy.lengths


def test_padding_is_drawn_where_a_piece_is_not_full():
    full, cut = (draw_chunks([length], 64).svg() for length in (128, 100))
    assert 'stroke-opacity="0.6"' not in full
    assert cut.count('stroke-opacity="0.6"') == 2  # in the review, in a piece
