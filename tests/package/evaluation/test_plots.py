import re
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import show_prices

from imdbtutor.evaluation.ladder import (
    LOOKS,
    PRICES,
    name_marks,
    plot_ladder,
    plot_prices,
)
from imdbtutor.evaluation.plots import (
    new_axes,
    plot_bars,
    plot_calibration,
    plot_confusion,
    plot_history,
    plot_lengths,
    shade_words,
)
from imdbtutor.evaluation.report import Report
from imdbtutor.evaluation.results import read_results

LENGTHS = np.array([10, 12, 40, 400, 1400])
FRAME = pd.DataFrame(
    {"train_loss": [0.7, 0.5, 0.3], "validation_loss": [0.6, 0.4, 0.5]},
    index=[1, 2, 3],
)
COUNTS = np.array([[11, 2], [3, 14]])
REPORT = Report(np.array([0, 0, 1, 0, 1, 1]), np.linspace(0.1, 0.9, 6))
WEIGHTS = pd.DataFrame(
    {
        "token": ["a", "dull", "film", ",", "but", "funny"],
        "weight": [0.1, -0.9, 0.2, 0.0, -0.3, 0.8],
    }
)
RUNGS = [
    {
        "id": name.split()[-1],
        "name": name,
        "kind": kind,
        "mean": sum(runs) / len(runs),
        "accuracy": runs,
        "reviews_interval": [min(runs) - 0.01, max(runs) + 0.01],
        "train_seconds": [100 * run for run in runs],
        "reviews_per_second": 500,
        "parameters": 2_000_000,
    }
    for name, kind, runs in [
        ("guess", "bag", [0.5]),
        ("a bag", "bag", [0.8]),
        ("an LSTM", "lstm", [0.85, 0.87]),
    ]
]
BARS = pd.Series({"few": 3.0, "many": 30.0})
PLOTS = {
    "bars": partial(plot_bars, BARS, "reviews"),
    "lengths": partial(plot_lengths, LENGTHS),
    "history": partial(plot_history, FRAME),
    "confusion": partial(plot_confusion, COUNTS),
    "calibration": partial(plot_calibration, REPORT, bins=2),
    "ladder": partial(plot_ladder, {"rows": RUNGS}),
    "prices": partial(plot_prices, {"rows": RUNGS}, "seconds to train"),
}
NAMES = {
    "bars": ("reviews", ""),
    "lengths": ("length (tokens)", "reviews"),
    "history": ("epoch", "cross-entropy (nats)"),
    "confusion": ("predicted class", "true class"),
    "calibration": (
        "mean probability of positive, as predicted",
        "share positive",
    ),
    "ladder": ("accuracy on the test reviews", "model"),
    "prices": ("seconds to train", "accuracy"),
}
KINDS = {kind: name for kind, (_, _, name) in LOOKS.items()}
each_plot = pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    yield
    plt.close("all")


def line(ax, label):
    """Return the points of the line with this label."""
    (found,) = (one for one in ax.get_lines() if one.get_label() == label)
    return found.get_xdata(), found.get_ydata()


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# --- what all have in common


@each_plot
def test_axes_are_returned(plot):
    assert isinstance(plot(), mpl.axes.Axes)


@each_plot
def test_it_is_drawn_on_the_axes_given(plot):
    _, (left, right) = plt.subplots(ncols=2)
    plt.sca(left)
    assert plot(ax=right) is right
    assert right.has_data()
    assert not left.has_data()


@each_plot
def test_on_axes_given_no_new_figure_is_opened(plot):
    _, ax = plt.subplots()
    plot(ax=ax)
    assert len(plt.get_fignums()) == 1


@each_plot
def test_left_to_itself_each_plot_opens_one_figure(plot):
    plot()
    plot()
    assert len(plt.get_fignums()) == 2


@each_plot
def test_both_axes_are_named(plot):
    ax = plot()
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    named = (list(WEIGHTS["token"][::-1]), list(BARS.index))
    assert ax.get_xlabel()
    assert ax.get_ylabel() or names in named


@pytest.mark.parametrize("kind", PLOTS)
def test_the_axes_say_what_is_shown_and_in_which_unit(kind):
    ax = PLOTS[kind]()
    assert (ax.get_xlabel(), ax.get_ylabel()) == NAMES[kind]


@pytest.mark.parametrize("kind", sorted(set(PLOTS) - {"confusion"}))
def test_only_the_axes_drawn_on_lose_their_frame(kind):
    _, (left, right) = plt.subplots(ncols=2)
    PLOTS[kind](ax=right)
    assert not right.spines["top"].get_visible()
    assert left.spines["top"].get_visible()


@each_plot
def test_it_can_be_rendered(plot, tmp_path):
    plot().figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


@each_plot
def test_the_data_given_are_left_as_they_were(plot):
    before = [np.array(data) for data in (LENGTHS, FRAME, COUNTS, WEIGHTS)]
    plot()
    after = [np.array(data) for data in (LENGTHS, FRAME, COUNTS, WEIGHTS)]
    assert all(map(np.array_equal, before, after))


def test_new_axes_have_the_width_of_the_book():
    assert new_axes(None).figure.get_size_inches().tolist() == [6.4, 3.6]
    tall = new_axes(None, height=5).figure.get_size_inches()
    assert tall.tolist() == [6.4, 5]


# --- each for itself


def test_bars_are_as_long_as_their_numbers_and_say_them():
    ax = plot_bars(BARS, "reviews", form="{:.1f}")
    assert [bar.get_width() for bar in ax.patches] == [3.0, 30.0]
    assert [text.get_text() for text in ax.texts] == ["3.0", "30.0"]
    assert ax.yaxis_inverted()


def test_bars_begin_at_0_and_leave_room_for_their_numbers():
    low, high = plot_bars(BARS, "reviews").get_xlim()
    assert low == 0
    assert 1.1 * BARS.max() < high < 1.2 * BARS.max()


def test_bars_have_whole_numbers_where_nothing_is_said():
    ax = plot_bars(pd.Series({"some": 12345.6}), "reviews")
    assert [text.get_text() for text in ax.texts] == ["12,346"]


def test_few_numbers_stand_below_the_bars():
    ax = plot_bars(pd.Series({"some": 29.0}), "reviews")
    assert len(ax.get_xticks()) <= 7
    assert len(ax.get_yticks()) == 1


def test_lengths_are_counted_by_25_up_to_1500():
    ax = plot_lengths(np.array([0, 700, 1500]))
    assert ax.patches[0].get_width() == pytest.approx(25)
    assert ax.get_xlim() == (0, 1500)


def test_bars_count_every_length():
    bars = plot_lengths(LENGTHS).patches
    assert sum(bar.get_height() for bar in bars) == len(LENGTHS)


def test_a_bar_stands_where_its_lengths_are():
    first = plot_lengths(LENGTHS).patches[0]
    assert first.get_x() <= 10 < 12 < first.get_x() + first.get_width()
    assert first.get_height() == 2


@pytest.mark.parametrize(("cut", "share"), [(40, "60%"), (39, "40%")])
def test_the_cut_is_marked_with_the_share_that_stays_whole(cut, share):
    ax = plot_lengths(LENGTHS, cut=cut)
    label = f"{cut} tokens: {share} of reviews are whole"
    assert legend(ax) == [label]
    assert line(ax, label)[0] == [cut, cut]


def test_without_a_cut_no_line_is_drawn():
    assert len(plot_lengths(LENGTHS).get_lines()) == 0


@pytest.mark.parametrize(
    ("label", "column"),
    [("training", "train_loss"), ("validation", "validation_loss")],
)
def test_a_history_line_is_the_column_by_epoch(label, column):
    x, y = line(plot_history(FRAME), label)
    assert list(x) == [1, 2, 3]
    assert list(y) == list(FRAME[column])


def test_the_epoch_of_the_weights_kept_is_marked():
    x, _ = line(plot_history(FRAME), "weights kept")
    assert list(x) == [2, 2]


def test_the_legend_of_a_history_names_its_lines():
    expected = ["training", "validation", "weights kept"]
    assert legend(plot_history(FRAME)) == expected


def test_only_whole_epochs_are_ticked():
    assert plot_history(FRAME).get_xticks().tolist() == [1, 2, 3]


def test_confusion_shows_its_counts_by_row():
    shown = [text.get_text() for text in plot_confusion(COUNTS).texts]
    assert shown == ["11", "2", "3", "14"]


def test_confusion_names_the_classes_on_both_axes():
    ax = plot_confusion(COUNTS)
    for ticks in (ax.get_xticklabels(), ax.get_yticklabels()):
        names = [tick.get_text() for tick in ticks]
        assert names == ["negative", "positive"]


def test_confusion_has_true_classes_in_rows_from_the_top():
    ax = plot_confusion(COUNTS)
    assert ax.get_ylabel() == "true class"
    assert ax.yaxis_inverted()


def test_calibration_compares_claim_and_outcome():
    claimed, observed = line(plot_calibration(REPORT, bins=2), "model")
    assert claimed == pytest.approx([0.26, 0.74])
    assert observed == pytest.approx([1 / 3, 2 / 3])


def test_calibration_shows_what_an_honest_model_would_do():
    x, y = line(plot_calibration(REPORT, bins=2), "as claimed")
    assert list(x) == list(y) == [0, 1]


def test_calibration_compares_ten_groups_as_large_as_each_other():
    rng = np.random.default_rng(0)
    chances = rng.random(200) ** 3  # most of them near 0
    report = Report((rng.random(200) < chances).astype(int), chances)
    claimed, _ = line(plot_calibration(report), "model")
    groups = np.sort(chances).reshape(10, 20)
    assert claimed == pytest.approx(groups.mean(axis=1), abs=0.02)


def test_a_claim_is_as_long_as_its_outcome_and_both_have_names():
    ax = plot_calibration(REPORT, bins=2)
    assert ax.get_aspect() == 1
    assert legend(ax) == ["as claimed", "model"]


@pytest.mark.parametrize(
    ("plot", "label", "marker", "style"),
    [
        ("history", "training", "o", "-"),
        ("history", "validation", "s", "-"),
        ("calibration", "model", "o", "-"),
        ("calibration", "as claimed", "None", ":"),
    ],
)
def test_lines_are_told_apart_without_colours(plot, label, marker, style):
    lines = {one.get_label(): one for one in PLOTS[plot]().get_lines()}
    assert lines[label].get_marker() == marker
    assert lines[label].get_linestyle() == style


def shaded(html):
    """Map each shaded word to its style and its number."""
    found = re.findall(r'<ruby style="(.*?)">(.*?)<rt>(.*?)</rt>', html)
    return {word: (style, number) for style, word, number in found}


def test_words_stand_in_reading_order():
    plain = re.sub(r"<rt>.*?</rt>|<.*?>", "", shade_words(WEIGHTS))
    assert plain.split() == list(WEIGHTS["token"])


def test_a_shaded_word_has_its_signed_number_above():
    weights = pd.DataFrame({"token": ["fun", "dull"], "weight": [0.51, -1.0]})
    found = shaded(shade_words(weights))
    assert found["fun"][1] == "+0.5"
    assert found["dull"][1] == "\N{MINUS SIGN}1.0"


def test_the_sign_shows_without_colours():
    weights = pd.DataFrame({"token": ["fun", "dull"], "weight": [0.5, -1.0]})
    found = shaded(shade_words(weights))
    assert "underline solid" in found["fun"][0]
    assert "underline dotted" in found["dull"][0]


def test_a_stronger_word_is_darker():
    weights = pd.DataFrame({"token": ["fun", "joy"], "weight": [0.5, 1.0]})
    found = shaded(shade_words(weights))
    shades = [float(found[w][0].split(")")[0].split()[-1]) for w in found]
    assert shades[0] < shades[1]


def test_a_shade_is_as_dark_as_the_words_share_of_the_largest():
    weights = pd.DataFrame({"token": ["fun", "dull"], "weight": [0.4, -2.0]})
    found = shaded(shade_words(weights))
    assert "rgba(1, 115, 178, 0.09); " in found["fun"][0]
    assert "rgba(222, 143, 5, 0.45); " in found["dull"][0]


def test_a_words_line_has_the_colour_of_its_shade_and_stands_clear():
    weights = pd.DataFrame({"token": ["fun", "dull"], "weight": [1.0, -2.0]})
    found = shaded(shade_words(weights))
    for word, rgb in {"fun": "1, 115, 178", "dull": "222, 143, 5"}.items():
        assert f"0.15em rgb({rgb}); " in found[word][0]
        assert found[word][0].endswith("; text-underline-offset: 0.25em")


def test_a_word_as_weak_as_the_limit_stays_plain():
    weights = pd.DataFrame({"token": ["so", "joy"], "weight": [0.5, 1.0]})
    assert list(shaded(shade_words(weights, least=0.5))) == ["joy"]
    assert list(shaded(shade_words(weights, least=0.49))) == ["so", "joy"]


def test_weak_words_stay_plain():
    weights = pd.DataFrame({"token": ["a", "joy"], "weight": [0.1, 1.0]})
    assert list(shaded(shade_words(weights))) == ["joy"]


def test_words_of_no_weight_at_all_stay_plain():
    weights = pd.DataFrame({"token": ["dodo"], "weight": [0.0]})
    assert shaded(shade_words(weights)) == {}


def test_a_word_is_never_markup():
    weights = pd.DataFrame({"token": ["<b>"], "weight": [1.0]})
    assert "&lt;b&gt;" in shade_words(weights)


def test_the_ladder_shows_all_rungs_above_guessing_and_single_runs():
    ax = plot_ladder({"rows": RUNGS})
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["a bag", "an LSTM"]
    strokes = [line for line in ax.lines if line.get_marker() == "|"]
    assert strokes[0].get_xdata().tolist() == [0.85, 0.87]


def test_a_rung_of_0_6_is_not_above_guessing():
    rung = RUNGS[1] | {"mean": 0.6}
    assert plot_ladder({"rows": [rung]}).get_yticklabels() == []


def test_a_rung_shows_its_mean_and_its_interval():
    lines = plot_ladder({"rows": RUNGS}).get_lines()
    points = [(list(one.get_xdata()), list(one.get_ydata())) for one in lines]
    for place, row in enumerate(RUNGS[1:]):
        assert (row["reviews_interval"], [place] * 2) in points
        assert ([row["mean"]], [place]) in points


def test_single_runs_stand_just_below_their_rung():
    ax = plot_ladder({"rows": RUNGS})
    (runs,) = (
        x
        for x in ax.get_lines()
        if len(x.get_xdata()) == 2 and x.get_marker() == "|"
    )
    assert all(0.5 < y < 1 for y in runs.get_ydata())


@pytest.mark.parametrize("kind", KINDS)
def test_a_rung_looks_as_the_legend_says(kind):
    ax = plot_ladder({"rows": [RUNGS[1] | {"kind": kind}]})
    interval, mean, *others = ax.get_lines()
    assert legend(ax) == [KINDS[kind], "one run"]
    key = {one.get_label(): one for one in others}[KINDS[kind]]
    assert mean.get_marker() == key.get_marker() != "None"
    assert mean.get_color() == key.get_color() == interval.get_color()


def test_kinds_of_rungs_are_told_apart_without_colours():
    rows = [RUNGS[1] | {"kind": kind} for kind in KINDS]
    *kinds, runs = plot_ladder({"rows": rows}).get_lines()[-len(KINDS) - 1 :]
    markers = [one.get_marker() for one in kinds]
    assert markers == ["s", "D", "o", "^", "*"]
    assert runs.get_marker() == "|"
    assert all(len(one.get_xdata()) == 0 for one in (*kinds, runs))


def test_kinds_have_the_names_that_chapters_call_them_by():
    assert list(KINDS.values()) == [
        "bag of words",
        "other network",
        "LSTM",
        "transformer",
        "several together",
    ]


def test_each_rung_has_a_quarter_of_an_inch():
    heights = [
        plot_ladder({"rows": RUNGS[1:] * times}).figure.get_figheight()
        for times in (5, 10)
    ]
    assert np.diff(heights) == pytest.approx(2 * 5 * 0.25)


@pytest.mark.parametrize(
    ("taken", "shift"),
    [(0, (7, 0)), (1, (-7, 0)), (2, (0, 7)), (3, (0, -7))],
)
def test_a_name_stands_seven_points_off_at_the_first_free_side(taken, shift):
    """Right, left, above, below: each is taken once those before it are."""
    _, ax = plt.subplots(figsize=(6, 6), dpi=72)
    ax.set(xlim=(-200, 200), ylim=(-200, 200))
    ax.legend([], [])
    ax.set_position([0, 0, 1, 1])
    others = [(15, 0), (-15, 0), (0, 12), (0, -12)][:taken]
    name_marks(ax, ["name", *["-"] * taken], [(0, 0), *others])
    assert ax.texts[0].xyann == shift


def test_accuracies_can_be_read_off_lines():
    ax = plot_ladder({"rows": RUNGS})
    assert all(x.get_visible() for x in ax.get_xgridlines())
    assert not any(y.get_visible() for y in ax.get_ygridlines())
    assert not ax.spines["left"].get_visible()


@pytest.mark.parametrize(
    ("price", "cost"),
    [
        ("seconds to train", 86.0),
        ("milliseconds a review", 2.0),
        ("megabytes, 32 bits a number", 8.0),
    ],
)
def test_a_model_stands_at_its_price_and_its_accuracy(price, cost):
    ax = plot_prices({"rows": RUNGS}, price)
    interval, mean, *_ = ax.get_lines()  # the bag has less than 0.84
    assert mean.get_xydata().tolist() == [pytest.approx([cost, 0.86])]
    assert interval.get_ydata() == pytest.approx([0.84, 0.88])
    assert mean.get_marker() == LOOKS["lstm"][1]
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["an LSTM"]


def each_alone(ladder):
    """One figure a price, as chapter 18 shows it."""
    return [plot_prices(ladder, price).figure for price in PRICES]


@pytest.mark.parametrize("draw", [each_alone, show_prices.plot_all])
def test_no_name_meets_another_one_or_leaves_the_axes(draw):
    drawn = np.ravel(draw(read_results("ladder")))
    axes = [ax for figure in drawn for ax in figure.axes]
    for ax in axes:
        ax.figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in ax.texts]
        boxes.append(ax.get_legend().get_window_extent())
        assert len(boxes) > 10
        for place, box in enumerate(boxes):
            assert box.count_overlaps(boxes[:place]) == 0
            assert ax.bbox.x0 <= box.x0 <= box.x1 <= ax.bbox.x1


def test_a_name_keeps_off_marks_wherever_they_are():
    _, ax = plt.subplots()
    places = [(0.5, 0.5), (0.52, 0.5), (0.5, 0.5), (0.99, 0.2)]
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.legend([], [])
    name_marks(ax, ["one", "two", "three", "four"], places)
    boxes = [text.get_window_extent() for text in ax.texts]
    for x, y in ax.transData.transform(places):
        assert not any(box.contains(x, y) for box in boxes)
    assert boxes[-1].x1 < ax.transData.transform((1, 0))[0]
    assert [text.get_text() for text in ax.texts] == [
        "one",
        "two",
        "three",
        "four",
    ]
