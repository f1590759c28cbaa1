"""What pages tell in their own words is what was measured."""

import json
import re

import nbformat
import numpy as np
import pandas as pd
import pytest
import tell_facts
from places import NOTEBOOKS, ROOT

from benchmarks.accuracy.grammar import make_sentences, read_lists
from benchmarks.accuracy.lessons import LABEL_SHARE, MADE, WORDS_SHARE
from imdbtutor.evaluation.results import read_results
from imdbtutor.inference.classifier import SentimentClassifier

ROWS = {
    row["chapter"]: row["median"]
    for row in read_results("speed")["rows"]
    if "chapter" in row
}
PAGES = [*ROOT.glob("book/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]
UNITS = {"second": 1, "minute": 60}
CHAPTERS = sorted(NOTEBOOKS.glob("*.ipynb"))


def read(name):
    return (ROOT / name).read_text("utf-8")


def read_provenance(folder):
    return json.loads(read(f"imdbtutor/{folder}/provenance.json"))


def prose(number):
    """The text of a chapter, on one line."""
    (path,) = NOTEBOOKS.glob(f"{number:02}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    told = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return " ".join(" ".join(told).split())


def minutes(pattern, page):
    """The minutes that stand in the place of `#`, wherever they do."""
    pattern = re.escape(pattern).replace(r"\#", r"(\d+)")
    return [int(found) for found in re.findall(pattern, page)]


@pytest.mark.parametrize("number", ROWS)
def test_a_chapter_takes_about_as_long_as_its_box_says(number):
    pattern = r"bout (\d+|a) (second|minute)s? of running time"
    ((count, unit),) = re.findall(pattern, prose(number))
    told = int(count.replace("a", "1")) * UNITS[unit]
    assert 0.9 * ROWS[number] <= told <= 1.3 * ROWS[number] + 10


def test_all_chapters_take_as_long_as_every_page_says():
    (book,) = minutes("every chapter: about # minutes", read("Makefile"))
    (told,) = minutes("takes about # minutes", read("book/how_to_read.md"))
    assert book == told
    measured = tell_facts.running_seconds()
    assert measured <= 60 * told <= 1.3 * measured


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("README.md", "and the site in about # minutes"),
        ("CONTRIBUTING.md", "everything, about # minutes"),
    ],
)
def test_the_tests_take_as_long_as_every_page_says(page, words):
    makefile = read("Makefile")
    (tests,) = minutes("among them: about # minutes", makefile)
    (chapters,) = minutes("comparing: about # minutes", makefile)
    assert minutes(words, read(page)) == [tests + chapters]


def test_chapter_14_says_how_much_longer_a_longer_file_takes():
    rows = {
        (row["kind"], row["reviews"]): row["seconds"]
        for row in read_results("streams")["rows"]
    }
    for kind in ("csv", "parquet"):
        ratio = rows[kind, 2_000_000] / rows[kind, 20_000]
        assert round(ratio, -1) == 80
    assert "the reviews, eighty times the seconds" in prose(14)


def test_chapter_14_says_where_most_of_a_step_goes():
    rows = {row["id"]: row["median"] for row in read_results("speed")["rows"]}
    assert 0.5 < rows["limit.share.lstm"] < 0.6
    assert "A good half is the LSTM" in prose(14)


def test_chapter_18_says_which_ways_to_fine_tune_are_told_apart():
    rows = {row["id"]: row for row in read_results("fine_tuning")["rows"]}
    lost = {
        id_: sum(accuracy < 0.52 for accuracy in row["accuracy"])
        for id_, row in rows.items()
    }
    assert lost["fast"] == 1
    assert lost["fast-whole"] == len(rows["fast-whole"]["accuracy"]) == 3
    assert "one run of three ended at guessing, and all did" in prose(18)
    means = {id_: np.mean(row["accuracy"]) for id_, row in rows.items()}
    (path,) = NOTEBOOKS.glob("08_*.ipynb")
    own = 0.882
    assert str(own) in path.read_text("utf-8")
    assert "three points behind your LSTM, which learned from all" in prose(18)
    assert f"({own} in chapter 8)" in prose(18)
    assert round(100 * (own - means["as-told"])) == 3
    assert max(means["linear"], means["random"]) < 0.6
    gain, _, high = rows["head"]["against_first"]
    assert high < 0
    assert round(-100 * gain) == 3
    assert "The first 128 pieces cost three points, clearly" in prose(18)
    for way in ("tail", "whole", "long", "dropout", "straight"):
        _, low, high = rows[way]["against_first"]
        assert low < 0 < high, way
    assert (
        "Not told apart from the first row: the last 128, all blocks"
        in prose(18)
    )
    assert f"tried {len(rows)} ways" in prose(18)


def test_chapter_18_says_what_the_teachers_were_asked():
    texts = read_results("teachers")["texts"]
    spans = texts["span"] + texts["turned"]
    assert f"{round(spans, -3):,} short spans" in prose(18)
    assert f"of {texts['snippet']:,} snippets" in prose(18)
    assert LABEL_SHARE == 0.5
    words = WORDS_SHARE / 2
    shares = f"half label, {0.5 - words:.1f} teacher, {words:.1f} counted"
    assert shares in prose(18)
    everything = round(sum(texts.values()), -4)
    assert f"two transformers said of {everything:,} texts" in read(
        "README.md"
    )


def test_chapter_18_says_what_teachers_make_of_the_probes():
    one, other = (row["probes"] for row in read_results("teachers")["rows"])
    told = f"get {100 * one:.0f} and {100 * other:.0f} in a hundred right"
    assert told in prose(18)


def test_chapter_18_says_that_all_five_sentences_are_right():
    sentences = [
        "This is not a good movie.",
        "Not bad at all, I was never bored.",
        "The cast is great, and yet the film is a waste of time.",
        "I expected nothing and got less.",
        "A dull start, but the rest is superb.",
    ]
    (path,) = NOTEBOOKS.glob("18_*.ipynb")
    assert all(sentence in path.read_text("utf-8") for sentence in sentences)
    said = SentimentClassifier.pretrained().predict(sentences)
    assert list(said) == [0, 1, 0, 0, 1]
    assert "All are right." in prose(18)


def test_what_was_measured_of_the_shipped_model_is_of_the_first_student():
    """Its exports and its probes tell if another model ships meanwhile."""
    (*_, student) = read_results("students")["rows"]
    exported = read_results("exports")["rows"][0]
    assert exported["accuracy"] == student["test"]["runs"][0]
    (asked,) = read_results("probes")["rows"]
    assert asked["right"] / asked["of"] == student["probes"]["runs"][0]


def test_chapter_18_says_what_the_grammar_brings():
    _, taught, student = read_results("students")["rows"]
    gain = {
        kind: 100 * (student[kind]["mean"] - taught[kind]["mean"])
        for kind in ("test", "snippets_test", "probes")
    }
    assert f"the grammar: {gain['probes']:.0f} points there" in prose(18)
    assert min(gain.values()) > -0.5
    made = read_provenance("pretrained")["texts"]["made"]
    assert f"from {made:,} such sentences" in prose(18)


def probabilities(name):
    """What each run of a folder and a model in it said."""
    paths = sorted((ROOT / "results" / "runs").glob(f"{name}-?.json"))
    return [json.loads(p.read_text("utf-8"))["probabilities"] for p in paths]


def all_but_a_word(text):
    """The text without each of its words in turn."""
    words = re.findall(r"[\w']+", text.lower())
    return {
        " ".join([*words[:place], "*", *words[place + 1 :]])
        for place in range(len(words))
    }


def test_results_say_how_few_probes_the_grammar_makes():
    probes = pd.read_csv(ROOT / "results" / "probes.csv")
    patterns = probes["text"].map(all_but_a_word)
    asked, made = set().union(*patterns), make_sentences(MADE)["text"]
    found = set().union(*(all_but_a_word(t) & asked for t in made.unique()))
    near = np.array([not found.isdisjoint(each) for each in patterns])
    page = " ".join(read("book/results.md").split())
    told = f"by chance, {near.sum()} are within a word of a made one"
    assert told in page
    assert f"The {len(near)} *short sentences* were written before" in page
    assert f"made {MADE:,} sentences" in page
    assert f"{made.str.lower().nunique() / MADE:.0%} of them different" in page
    kinds = read_lists()["sentences"].values()
    count = sum(len(entries) for kind in kinds for entries in kind.values())
    assert f"out of {round(count, -2):,} patterns" in page
    said = [run["probes"] for run in probabilities("students/student")]
    right = (np.array(said) > 0.5) == probes["label"].to_numpy()
    assert abs(right.mean() - right[:, ~near].mean()) < 0.005


def pairs_of_the_ladder():
    """Difference and interval of each pair, in points."""
    ladder = read_results("ladder")
    against = [
        {"from": "book", "to": r["id"]} | r for r in ladder["against_book"]
    ]
    return {
        (row["from"], row["to"]): [
            100 * number for number in (row["difference"], *row["interval"])
        ]
        for row in ladder["pairs"] + against
    }


def test_chapters_17_and_18_say_what_the_ladder_tells_apart():
    pairs = pairs_of_the_ladder()
    told = {
        ("book", "attention"): "The two are not told apart",
        ("nb-3", "minilm"): "MiniLM is not told apart from the best bag",
    }
    for pair, words in told.items():
        _, low, high = pairs[pair]
        assert low < 0 < high, pair
        assert words in prose(17) + prose(18)
    gain, low, _ = pairs["minilm", "minilm-best"]
    assert low > 0
    told = f"is right {gain:.1f} points more often than MiniLM's, clearly"
    assert told in prose(18)


def wrong(rung, labels):
    """Whether each of a rung's runs misjudges each test review."""
    return (np.array(probabilities(f"ladder/{rung}")) > 0.5) != labels


def test_which_one_says_why_teaching_brings_a_vote_nothing(split):
    assert pairs_of_the_ladder()["minilm-taught", "minilm-best"][2] > 0
    labels = split.test["label"].to_numpy()
    minilm = wrong("minilm", labels)[:, None]
    shared, alone = {}, {}
    for rung in ("best", "taught"):
        mistakes = wrong(rung, labels)
        shared[rung] = (minilm & mistakes).sum(axis=-1).mean()
        alone[rung] = (~minilm & mistakes).sum(axis=-1).mean()
    assert shared["taught"] >= shared["best"] > 0
    assert alone["taught"] < alone["best"]
    page = " ".join(read("book/which_one.md").split())
    assert "teaching mended mistakes that MiniLM does not make" in page


def test_which_one_says_what_the_ladder_tells_apart():
    page, pairs = (
        " ".join(read("book/which_one.md").split()),
        pairs_of_the_ladder(),
    )
    votes = [
        ("nb-3", "minilm-bag"),
        ("minilm", "minilm-bag"),
        ("best", "minilm-best"),
        ("minilm", "minilm-best"),
    ]
    assert min(pairs[pair][1] for pair in votes) > 0
    assert "clearly right more often than either" in page
    assert pairs["best", "together"][1] <= 0
    assert "More of one kind adds little" in page
    assert pairs["minilm-taught", "minilm-best"][2] > 0
    assert "with MiniLM, no gain from teaching is seen" in page
    assert pairs["best", "taught"][1] > 0
    assert "taught by MiniLMs, is clearly better than untaught" in page
    rows = {row["id"]: row for row in read_results("ladder")["rows"]}
    seconds = [np.median(rows[i]["train_seconds"]) for i in ("best", "nb-3")]
    assert round(seconds[0] / seconds[1], -1) == 20
    gain, low, _ = pairs["nb-3", "best"]
    assert 0 < low < gain < 1
    assert "clearly better, by a little, for twenty times the train" in page
    (*_, student) = read_results("students")["rows"]
    assert student["test"]["gain"][1] > 0
    assert "clearly better than after labels alone" in page


def test_which_one_says_how_long_teachers_took():
    runs = (ROOT / "results" / "runs" / "teachers").glob("*.json")
    seconds = [json.loads(p.read_text("utf-8"))["train_seconds"] for p in runs]
    assert round(np.mean(seconds) / 600) * 10 == 20
    assert "about twenty minutes each" in read("book/which_one.md")


def test_which_one_says_how_large_the_model_is_that_ships():
    (weights,) = (ROOT / "imdbtutor" / "pretrained").glob("*.safetensors")
    assert 0.9e6 < weights.stat().st_size < 1.3e6
    assert "about a megabyte in 16 bits" in read("book/which_one.md")


def test_no_accuracy_stands_in_the_own_words_of_which_one():
    assert not re.search(r"\d\.\d", read("book/which_one.md"))


def test_try_it_says_how_many_short_sentences_are_right():
    found = read_results("probes")["rows"][0]
    page, kinds = read("book/try_it.md"), found["kinds"]
    told = f"{found['right']} of {found['of']} short sentences right"
    assert told in page
    assert f"{kinds['plain']['right']} of the 50 plain ones" in page
    denied = kinds["negated"]["right"] + kinds["double"]["right"]
    assert f"{denied} of the 100 that deny something" in page


def test_try_it_names_a_sentence_that_is_read_well_and_one_that_is_not():
    praise, blame = "Not bad at all, I was never bored.", "My phone was more"
    blame += " exciting."
    assert f'"{praise}" it gets right; try "{blame}"' in read("book/try_it.md")
    said = SentimentClassifier.pretrained().predict([praise, blame])
    assert list(said) == [1, 1]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_file_that_a_page_names_is_there(path):
    folders = "tests|benchmarks|imdbtutor|book|results"
    pattern = rf"(?<![\w/])(?:{folders})/[\w/]+(?:/|\.[a-z]+)(?=\W)"
    named = set(re.findall(pattern, path.read_text("utf-8")))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_front_page_names_no_number_of_chapters():
    pages = read("book/index.md") + read("book/how_to_read.md")
    assert not re.search(r"(?i)(teen|twelve|\b1\d) chapters", pages)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_only_chapter_9_opens_the_test_part(path):
    source = path.read_text("utf-8")
    opens = re.search(r"\.test\b|test = split|\"test\"\]", source)
    assert bool(opens) == path.stem.startswith("09")


@pytest.mark.parametrize("path", CHAPTERS[3:9:5], ids=lambda path: path.stem)
def test_no_chapter_holds_a_score_of_test_reviews(path):
    asserted = re.findall(r"assert .*", path.read_text("utf-8"))
    assert [line for line in asserted if re.search(r"[<>=] 0\.", line)] == []
