"""The prediction on the front page is the shipped model's own."""

import re

import show_prediction
from places import ROOT


def numbers(html):
    return [float(number) for number in re.findall(r"\d\.\d+", html)]


def words(html):
    return re.sub(r"\d\.\d+", "", html)


def test_the_front_page_shows_what_the_model_says():
    shown = show_prediction.PAGE.read_text("utf-8")
    said = show_prediction.draw_prediction(show_prediction.REVIEW)
    assert words(shown) == words(said)
    for a, b in zip(numbers(shown), numbers(said), strict=True):
        assert abs(a - b) <= 0.101  # other processors round differently


def test_the_road_map_leads_to_every_chapter():
    page = (ROOT / "book" / "road_map.html").read_text("utf-8")
    links = re.findall(r'href="\.\./notebooks/(\w+)\.html"', page)
    chapters = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert links == [path.stem for path in chapters]
