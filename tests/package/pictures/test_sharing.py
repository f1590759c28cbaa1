from xml.etree import ElementTree

import pytest
import torch

from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.pictures.sharing import draw_shared_batch
from imdbtutor.training.distributed import Shares


def words(svg):
    return [
        part.text
        for part in ElementTree.fromstring(svg).iter()
        if part.tag.endswith("text")
    ]


def shares_of(reviews, count):
    data = ReviewDataset([torch.ones(3, dtype=int)] * reviews, [0] * reviews)
    loaders = [make_loader(data, reviews) for _ in range(count)]
    return [
        next(iter(Shares(loader.batch_sampler, rank, count)))
        for rank, loader in enumerate(loaders)
    ]


@pytest.mark.parametrize("count", [2, 3])
def test_every_row_is_drawn_in_the_batch_and_with_one_process(count):
    drawn = words(draw_shared_batch(shares_of(7, count)).svg())
    numbers = [int(word) for word in drawn if word.isdigit()]
    assert numbers[:7] == list(range(7))
    assert sorted(numbers[7:]) == list(range(7))


def test_a_process_stands_before_its_rows():
    drawn = words(draw_shared_batch([[0, 2], [1]]).svg())
    first, second = (drawn.index(f"process {rank}") for rank in (0, 1))
    assert drawn[first + 1 : first + 3] == ["0", "2"]
    assert drawn[second + 1 : second + 3] == ["1", "model"]


def test_gradients_flow_back_and_between():
    svg = draw_shared_batch([[0], [1], [2]]).svg()
    assert svg.count("stroke-dasharray") == 3 + 2 * 2
