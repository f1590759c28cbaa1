"""The book as one page, and as a PDF: every link leads on within it."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup
from print_book import contents, print_page, whole


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup(whole(site.folder), "html.parser")


def test_all_chapters_are_there_in_order(site):
    pages = [page for page in contents(site.folder) if "notebooks/0" in page]
    chapters = [page for page in pages if "solutions" not in page]
    assert chapters == sorted(chapters)
    assert len(chapters) == 9  # 01 to 09


def test_no_two_places_have_one_name(page):
    ids = Counter(element["id"] for element in page.select("[id]"))
    assert [name for name, times in ids.items() if times > 1] == []


def test_every_link_within_the_book_leads_to_a_place_in_it(page):
    ids = {element["id"] for element in page.select("[id]")}
    links = [link["href"] for link in page.select("article a[href^='#']")]
    assert len(links) > 100
    assert [link for link in links if link[1:] not in ids] == []


def test_no_link_leads_to_a_file(page):
    links = [link["href"] for link in page.select("main a[href]")]
    assert [a for a in links if not a.startswith(("#", "http"))] == []


def test_answers_are_open(page):
    answers = page.select("details.answer")
    assert answers
    assert all("open" in answer.attrs for answer in answers)


def test_the_pdf_has_an_outline_and_links(site, browser, tmp_path):
    start = whole(site.folder).partition("<article")[0]
    short = (
        f'{start}<h1 id="a">First</h1><p><a href="#b">on</a></p>'
        '<h1 id="b" style="break-before: page">Second</h1>'
    )
    page = site.folder / "short.html"
    page.write_text(short, encoding="utf-8")
    print_page(browser, page, tmp_path / "short.pdf")
    page.unlink()
    printed = (tmp_path / "short.pdf").read_bytes()
    assert b"/Outlines" in printed
    assert b"/Link" in printed
