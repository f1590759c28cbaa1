"""What nbval lets through: the shape of the chapters, and their figures."""

import ast
import html
import json
import re

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from places import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = [nbformat.read(path, as_version=4) for path in PATHS]
SOLVED = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
SOLUTIONS = [nbformat.read(path, as_version=4) for path in SOLVED]
TAGS = {
    "hide-input",
    "hide-output",
    "remove-cell",
    "raises-exception",
    "nbval-ignore-output",
    "draft",
}
SKELETON = ["Summary", "Questions", "Exercises", "Where to read on"]

plain_python = TransformerManager().transform_cell  # without %magics

each_chapter = pytest.mark.parametrize(
    "chapter", CHAPTERS, ids=[path.stem for path in PATHS]
)
each_notebook = pytest.mark.parametrize(
    "chapter",
    CHAPTERS + SOLUTIONS,
    ids=[path.stem for path in PATHS]
    + [f"solutions/{path.stem}" for path in SOLVED],
)


def code_cells(chapter):
    return [cell for cell in chapter.cells if cell.cell_type == "code"]


def prose(chapter):
    return [cell.source for cell in chapter.cells if cell.cell_type != "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def outputs(chapter, kind):
    return [
        (cell, output)
        for cell in code_cells(chapter)
        for output in cell.outputs
        if output.output_type == kind
    ]


def test_the_table_of_contents_lists_every_chapter_in_order():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [page for part in toc["parts"] for page in part["chapters"]]
    listed = [page["file"] for page in pages]
    below = {page["file"]: page.get("sections", []) for page in pages}
    chapters = [name for name in listed if name.startswith("notebooks/")]
    assert chapters == [f"notebooks/{path.stem}" for path in PATHS]
    assert [page["file"] for page in below["book/solutions"]] == [
        f"notebooks/solutions/{path.stem}" for path in SOLVED
    ]


def test_all_that_is_read_comes_before_the_solutions():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    last = toc["parts"][-1]["chapters"][-1]
    assert last["file"] == "book/solutions"


def test_every_chapter_has_its_solutions():
    assert [path.name for path in SOLVED] == [path.name for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_is_named_by_its_number_and_what_is_done(path):
    assert re.fullmatch(r"\d\d(_[a-z]+)+", path.stem)


@each_chapter
def test_a_chapter_has_one_title_in_its_first_cell(chapter):
    titles = [text for text in prose(chapter) if re.match(r"# ", text)]
    assert titles == [chapter.cells[0].source]


@each_chapter
def test_a_chapter_ends_as_the_others_do(chapter):
    heads = re.findall(r"^## (.+)$", "\n".join(prose(chapter)), re.MULTILINE)
    assert heads[-4:] == SKELETON


@each_chapter
def test_headings_are_not_numbered_by_hand(chapter):
    assert not re.search(r"^#+ \d", "\n".join(prose(chapter)), re.MULTILINE)


def lesson(chapter):
    """Leave out questions and exercises, which come on top of a sitting."""
    first = next(
        place
        for place, cell in enumerate(chapter.cells)
        if cell.source.startswith("## Questions")
    )
    return chapter.cells[:first]


@each_chapter
def test_a_lesson_has_the_size_of_one_sitting(chapter):
    cells = lesson(chapter)
    text = [cell.source for cell in cells if cell.cell_type == "markdown"]
    code = [
        cell
        for cell in cells
        if cell.cell_type == "code"
        and not {"remove-cell", "hide-input"} & tags(cell)
    ]
    assert 600 <= sum(len(part.split()) for part in text) <= 1500
    assert 10 <= len(code) <= 25


@each_notebook
def test_the_outputs_are_of_one_run_from_top_to_bottom(chapter):
    counts = [cell.execution_count for cell in code_cells(chapter)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_an_error_stands_only_where_one_is_announced(chapter):
    wrong = outputs(chapter, "error")
    announced = [
        cell
        for cell in code_cells(chapter)
        if "raises-exception" in tags(cell)
    ]
    assert [cell.id for cell, _ in wrong] == [cell.id for cell in announced]


@each_notebook
def test_no_output_is_a_warning_on_standard_error(chapter):
    streams = outputs(chapter, "stream")
    assert [out.text for _, out in streams if out.name == "stderr"] == []


@each_notebook
def test_no_output_needs_a_widget(chapter):
    text = json.dumps([out for _, out in outputs(chapter, "display_data")])
    assert "vnd.jupyter.widget" not in text


@each_notebook
def test_every_figure_says_in_words_what_it_shows(chapter):
    for kind in ("display_data", "execute_result"):
        for cell, output in outputs(chapter, kind):
            data = output.get("data", {})
            ours = 'class="picture"' in data.get("image/svg+xml", "")
            if {"image/png", "image/svg+xml"} & set(data) and not ours:
                alt = cell.metadata.get("mystnb", {}).get("image", {})
                assert len(alt.get("alt", "")) > 40


@each_notebook
def test_tags_come_from_the_known_list(chapter):
    for cell in code_cells(chapter):
        assert tags(cell) <= TAGS


@each_notebook
def test_no_cell_keeps_more_than_its_tags_and_alt_text(chapter):
    for cell in chapter.cells:
        assert set(cell.metadata) <= {"tags", "mystnb"}


@each_notebook
def test_cell_ids_are_unique(chapter):
    ids = [cell.id for cell in chapter.cells]
    assert len(ids) == len(set(ids))


@each_notebook
def test_the_kernel_is_plain_python(chapter):
    assert chapter.metadata.kernelspec.name == "python3"


@each_notebook
def test_cells_are_short_enough_to_read(chapter):
    for cell in code_cells(chapter):
        assert len(cell.source.splitlines()) <= 40


@each_notebook
def test_cells_with_changing_output_are_followed_by_a_check(chapter):
    unchecked = False
    for cell in code_cells(chapter):
        if "nbval-ignore-output" in tags(cell):
            unchecked = True
        elif unchecked:
            assert "assert " in cell.source
            unchecked = False
    assert not unchecked


@each_notebook
def test_no_output_names_a_folder_of_the_machine_it_ran_on(chapter):
    text = json.dumps([cell.get("outputs", []) for cell in chapter.cells])
    assert not re.search(r"/(home|root|tmp|Users|usr)/", text)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_file_stays_small(path):
    assert path.stat().st_size < 600_000


def definitions(tree):
    """Find a module's functions, classes and constants by name."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            name = getattr(node.targets[0], "id", "")
            if name.isupper():
                found[name] = node
    return found


class Plain(ast.NodeTransformer):
    """Leave out docstrings, type hints and bare stars of signatures."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        args = node.args
        args.args, args.kwonlyargs = args.args + args.kwonlyargs, []
        defaults = [d for d in args.kw_defaults if d is not None]
        args.defaults, args.kw_defaults = args.defaults + defaults, []
        return without_docstring(node)

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        return without_docstring(node)

    def visit_arg(self, node):
        node.annotation = None
        return node


def without_docstring(node):
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return node


def plain(node):
    return ast.unparse(Plain().visit(node))


SHIPPED = {
    name: node
    for path in sorted((ROOT / "imdbtutor").glob("**/*.py"))
    if path.parent.name != "checks"
    for name, node in definitions(
        ast.parse(path.read_text(encoding="utf-8"))
    ).items()
}
SHOWN = [
    (path.stem, name, node)
    for path, chapter in zip(PATHS, CHAPTERS, strict=True)
    for cell in code_cells(chapter)
    if "draft" not in tags(cell)
    for name, node in definitions(ast.parse(plain_python(cell.source))).items()
    if name in SHIPPED
]


@pytest.mark.parametrize(
    ("name", "node"),
    [(name, node) for _, name, node in SHOWN],
    ids=[f"{stem}-{name}" for stem, name, _ in SHOWN],
)
def test_what_a_chapter_shows_is_what_the_package_ships(name, node):
    assert plain(node) == plain(SHIPPED[name])


def built_in():
    """Find what says where it was built, and the chapter it names."""
    for name, node in SHIPPED.items():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            doc = ast.get_docstring(node) or ""
            found = re.search(r"Built in chapter (\d+)\.$", doc)
            if found:
                yield name, int(found[1])


@pytest.mark.parametrize(("name", "number"), list(built_in()))
def test_what_says_it_was_built_in_a_chapter_is_met_there(name, number):
    chapter = next(
        chapter
        for path, chapter in zip(PATHS, CHAPTERS, strict=True)
        if path.stem.startswith(f"{number:02}_")
    )
    code = "\n".join(cell.source for cell in code_cells(chapter))
    assert re.search(rf"\b{name}\b", code + "\n".join(prose(chapter)))


CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
ADDRESS = CONFIG["repository"]["url"]
BADGE = (
    ADDRESS.replace("github.com", "colab.research.google.com/github")
    + f"/blob/{CONFIG['repository']['branch']}/notebooks/"
)


# From PyPI, once `set_address.py --released` has said so in all notebooks.
SOURCES = (f"git+{ADDRESS}", "imdbtutor")
INSTALL = code_cells(CHAPTERS[0])[0].source.splitlines()[-1].strip()


@each_notebook
def test_the_first_cell_installs_the_package_where_it_is_missing(chapter):
    first = code_cells(chapter)[0].source
    assert 'if importlib.util.find_spec("imdbtutor") is None:' in first
    assert first.splitlines()[-1].strip() == INSTALL


def test_the_package_comes_from_the_book_or_from_pypi():
    assert INSTALL in [f"%pip install --quiet {name}" for name in SOURCES]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_badge_opens_this_very_chapter(path):
    links = re.findall(r"\((https://colab[^)]+)\)", path.read_text("utf-8"))
    assert links == [f"{BADGE}{path.name}"]


def questions(chapter):
    """Take apart each question: its text, and its answers."""
    for cell in chapter.cells:
        answers = re.findall(
            r'<details class="answer (\w+)">\n<summary>(.+)</summary>\n\n'
            r"\*\*(.+?)\*\* (.+)\n\n</details>",
            cell.source,
        )
        if answers:
            yield cell.source, answers


@each_chapter
def test_a_chapter_asks_three_to_five_questions(chapter):
    assert 3 <= len(list(questions(chapter))) <= 5


@each_chapter
def test_a_question_has_one_right_answer_and_a_reason_for_each(chapter):
    for text, answers in questions(chapter):
        assert text.count("<details") == len(answers) >= 3
        assert [kind for kind, *_ in answers].count("right") == 1
        for kind, _, word, reason in answers:
            assert word == {"right": "Right.", "wrong": "No."}[kind]
            assert len(reason.split()) >= 4


def right_answers():
    """For each question, its answers' texts, and which one is right."""
    for chapter in CHAPTERS:
        for _, answers in questions(chapter):
            texts = [re.sub(r"<[^>]+>", "", text) for _, text, *_ in answers]
            kinds = [kind for kind, *_ in answers]
            yield [html.unescape(text) for text in texts], kinds.index("right")


def test_the_right_answer_has_no_favourite_place():
    places = [place for _, place in right_answers()]
    for place in range(3):
        assert abs(places.count(place) - len(places) / 3) < 1


@pytest.mark.parametrize("pick", [max, min])
def test_the_right_answer_is_by_chance_the_longest_or_shortest(pick):
    found, chance = 0.0, 0.0
    for texts, place in right_answers():
        lengths = [len(text) for text in texts]
        picked = pick(lengths)
        found += (lengths[place] == picked) / lengths.count(picked)
        chance += 1 / len(texts)
    assert found <= chance
