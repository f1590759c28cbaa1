"""One step of an LSTM cell, part by part."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import (
    INK,
    arrow,
    cell,
    gate,
    text,
    vector,
)

MINUS, SIGMA = "\N{MINUS SIGN}", "\N{GREEK SMALL LETTER SIGMA}"
TIMES, PRIME = "\N{MULTIPLICATION SIGN}", "\N{PRIME}"
Numbers = Mapping[str, Sequence[float]]
SIZE = (50, 26)  # of a number's cell
TOP = {"c": 40, "new_c": 40, "new_h": 90}  # upper edge of the vectors
TOP |= dict.fromkeys("figo", 138) | dict.fromkeys("hx", 262)
MIDDLE = {"c": 42, "f": 170, "i": 270, "g": 350, "o": 500}
MIDDLE |= {"new_c": 410, "new_h": 596, "h": 42, "x": 110}
ROLES = {"c": "memory", "new_c": "memory", "h": "hidden", "new_h": "hidden"}
ROLES |= {"x": "embedding", "g": "plain"} | dict.fromkeys("fio", "gate")
NAMES = {
    "c": (42, 22, "memory c"),
    "new_c": (410, 22, f"new memory c{PRIME}"),
    "new_h": (596, 158, f"new state h{PRIME}"),
    "h": (42, 328, "state h"),
    "x": (110, 328, "word x"),
}
SIGNS = {  # where numbers meet, and how
    "keep": (170, 66, TIMES),
    "write": (310, 112, TIMES),
    "add": (310, 66, "+"),
    "show": (500, 116, TIMES),
}
ARROWS = {
    "c": [(73, 66), (157, 66)],
    "f": [(170, 138), (170, 80)],
    "keep": [(183, 66), (297, 66)],
    "i": [(276, 138), (299, 121)],
    "g": [(344, 138), (321, 121)],
    "write": [(310, 99), (310, 80)],
    "add": [(323, 66), (380, 66)],
    "new_c": [(439, 66), (632, 66)],
    "tanh": [(456, 66), (456, 116), (486, 116)],
    "o": [(500, 138), (500, 130)],
    "show": [(513, 116), (569, 116)],
}
# What each step lights, and how it is written in letters and in Python.
STEPS = {
    "1. the word and the state come in": (
        "x h sums",
        "W x + U h + b",
        "sums = W @ x + U @ h + b",
    ),
    "2. three gates and the candidate": (
        "sums f i g o",
        f"f = {SIGMA}(…), i = {SIGMA}(…), g = tanh(…), o = {SIGMA}(…)",
        "f.sigmoid(), i.sigmoid(), g.tanh(), o.sigmoid()",
    ),
    "3. forget": ("c f keep", "f ⊙ c", "kept = f * c"),
    "4. write": (
        "c f keep i g write add new_c",
        f"c{PRIME} = f ⊙ c + i ⊙ g",
        "new_c = kept + i * g",
    ),
    "5. show": (
        "new_c tanh o show new_h",
        f"h{PRIME} = o ⊙ tanh(c{PRIME})",
        "new_h = o * new_c.tanh()",
    ),
}
GATES = f"f, i, o: {SIGMA}(W x + U h + b), g: tanh; W, U, b differ"
BENDS = (SIGMA, SIGMA, "tanh", SIGMA)  # of f, i, g and o
WORKED = {  # a line of arithmetic for each of the two places
    3: (f"{{}} {TIMES} {{}} = {{}}", ("f", "c", "kept")),
    4: (
        f"{{}} {TIMES} {{}} + {{}} {TIMES} {{}} = {{}}",
        ("f", "c", "i", "g", "new_c"),
    ),
    5: (f"{{}} {TIMES} tanh({{}}) = {{}}", ("o", "new_c", "new_h")),
}


def draw_lstm_step(
    numbers: Numbers, extremes: Mapping[str, Numbers] | None = None
) -> Picture:
    """Draw a step of a cell with two numbers in each vector.

    Args:
        numbers: Two numbers for each of x, h, c, f, i, g, o, kept, new_c and
            new_h, and eight `sums`: those of i, f, g and o, in this order.
        extremes: More steps of that kind, by what is special about them.

    Used in chapter 7.
    """
    every = " ".join(parts for parts, *_ in STEPS.values()).split()
    whole = _say([GATES, *[STEPS[name][1] for name in list(STEPS)[3:]]])
    frames = [("the whole step", _light(every, numbers) + whole)]
    for place, (name, (parts, formula, code)) in enumerate(STEPS.items(), 1):
        said = _say([formula], code, _work_out(place, numbers))
        frames.append((name, _light(parts.split(), numbers) + said))
    for name, others in (extremes or {}).items():
        formula = STEPS["4. write"][1]
        said = _say([f"{name}:", formula], "", _work_out(4, others))
        frames.append((name, _light(every, others) + said))
    alt = (
        "An LSTM cell. The memory runs along the top: it is multiplied by the "
        "forget gate f, the candidate g times the input gate i is added, and "
        "the new memory goes on to the next word. The new state is the "
        "output gate o times tanh of the new memory. All gates are computed "
        "from the word x and the state h."
    )
    faint = f'<g opacity="0.3">{_light(every, {})}</g>'
    return Picture([faint], (640, 405), alt, frames, turns="Step")


def _light(parts: Sequence[str], numbers: Numbers) -> str:
    """Draw some parts, with their numbers if there are any."""
    drawn = []
    for part in dict.fromkeys(parts):
        if part in ARROWS:
            drawn.append(arrow(*ARROWS[part]))
        if part in SIGNS:
            drawn.append(_sign(*SIGNS[part]))
        if part in MIDDLE:
            drawn.append(_numbers(part, numbers.get(part)))
        if part in NAMES:
            x, y, words = NAMES[part]
            drawn.append(text(x, y, words, size=13))
    if "tanh" in parts:
        drawn.append(text(436, 116, "tanh", size=13))
    if "sums" in parts:
        drawn.append(_ways_to_the_gates())
        drawn += [gate(MIDDLE[letter], 218, letter) for letter in "fio"]
        drawn.append(cell(MIDDLE["g"] - 14, 204, "g", size=(28, 28)))
    return "".join(drawn)


def _numbers(part: str, values: Sequence[float] | None) -> str:
    """Draw a vector of two numbers, or its outline."""
    return vector(
        MIDDLE[part] - SIZE[0] / 2,
        TOP[part],
        [0, 0] if values is None else values,
        role=ROLES[part],
        size=SIZE,
        labels=[] if values is None else [_write(value) for value in values],
    )


def _sign(x: float, y: float, sign: str) -> str:
    circle = f'<circle cx="{x}" cy="{y}" r="12" fill="none" stroke="{INK}"/>'
    return circle + text(x, y, sign, size=17)


def _ways_to_the_gates() -> str:
    """Draw how word and state reach all four, and what leads on from them."""
    path = f'd="M42 262V248H500M110 262V248" fill="none" stroke="{INK}"'
    ways = [arrow((MIDDLE[k], 248), (MIDDLE[k], 234)) for k in "figo"]
    ways += [arrow((MIDDLE[k], 203), (MIDDLE[k], 191)) for k in "figo"]
    return f'<path {path} stroke-width="1.5"/>' + "".join(ways)


def _say(
    formulas: Sequence[str], code: str = "", worked: Sequence[str] = ()
) -> str:
    """Write a step's formula, its code and its numbers, line by line."""
    lines = []
    styles = [(line, {"size": 17}) for line in formulas]
    styles += [(code, {"code": True})] if code else []
    styles += [(line, {}) for line in worked]
    for place, (line, style) in enumerate(styles):
        y = 288 + 27 * place
        lines.append(text(180, y, line, anchor="start", **style))
    return "".join(lines)


def _work_out(step: int, numbers: Numbers) -> list[str]:
    """Write one step with its numbers."""
    told = {name: [_write(v) for v in some] for name, some in numbers.items()}
    sums = {k: told["sums"][2 * n : 2 * n + 2] for n, k in enumerate("ifgo")}
    if step == 1:
        pairs = [f"for {k}: {', '.join(sums[k])}" for k in "figo"]
        return ["; ".join(pairs[:2]), "; ".join(pairs[2:])]
    if step == 2:
        bent = [
            f"{k} = {bend}({sums[k][0]}) = {told[k][0]}"
            for k, bend in zip("figo", BENDS, strict=True)
        ]
        first = "The first number of each:"
        return [first, ", ".join(bent[:2]), ", ".join(bent[2:])]
    form, names = WORKED[step]
    return [form.format(*(told[name][k] for name in names)) for k in (0, 1)]


def _write(value: float) -> str:
    """Write a number with two decimals and a true minus."""
    return f"{round(value, 2) + 0:.2f}".replace("-", MINUS)
