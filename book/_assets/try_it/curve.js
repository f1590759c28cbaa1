// The verdict's curve: how likely praise is after each word, if the review
// ended there. Drawn as imdbtutor/pictures/reading.py does.
//
// `points` are pairs: how many words were read, and the probability of
// positive then. A very long review has a point every few words only.

const INKS = {
  positive: "#0173b2",
  negative: "#c8700a",
  gate: "#97800f",
  memory: "#cc4a86",
  hidden: "#8466d6",
};
const CURVE = { top: 16, tall: 110, words: 78, scale: 84 };
const MIDDLE = CURVE.top + CURVE.tall / 2;

const heightOf = (positive) => CURVE.top + CURVE.tall * (1 - positive);
const sideOf = (positive) => (positive > 0.5 ? "positive" : "negative");
const plain = (x) =>
  x.toFixed(2).replace("-0.00", "0.00").replace("-", "−");

function letters(x, y, words, anchor = "middle", more = {}) {
  const look = { "dominant-baseline": "central", fill: "currentColor" };
  const place = { x, y, "text-anchor": anchor, "font-size": 13 };
  return make("text", { ...place, ...look, ...more }, words);
}

function curveScale(right) {
  const names = { "positive 1": 1, 0.5: 0.5, "negative 0": 0 };
  return Object.entries(names).map(([name, positive]) =>
    letters(right, heightOf(positive), name, "end"),
  );
}

// A bar a word from one half up or down, and a line along them.
function curveParts(points, { left, column }) {
  const end = left + points.at(-1)[0] * column;
  const dashed = { "stroke-dasharray": "4 4", "stroke-opacity": 0.6 };
  const half = { d: `M${left} ${MIDDLE}H${end}`, stroke: "currentColor" };
  const parts = [make("path", { ...half, ...dashed })];
  const line = points.map(([count, positive], at) => {
    const before = points[at - 1]?.[0] ?? 0;
    const y = heightOf(positive);
    const wide = (count - before) * column;
    parts.push(
      make("rect", {
        x: left + before * column + Math.min(1, wide / 8),
        y: Math.min(y, MIDDLE),
        width: wide - Math.min(2, wide / 4),
        height: Math.abs(y - MIDDLE),
        fill: INKS[sideOf(positive)],
        "fill-opacity": 0.45,
        "data-positive": positive,
      }),
    );
    return `${left + (count - 0.5) * column} ${y}`;
  });
  const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 2 };
  parts.push(make("path", { d: `M${line.join("L")}`, ...stroke }));
  return parts;
}

function slantedWords(tokens, { left, column }) {
  return tokens.map((token, place) => {
    const x = left + (place + 0.5) * column;
    const y = CURVE.top + CURVE.tall + 12;
    const short = token.length < 11 ? token : `${token.slice(0, 9)}…`;
    const turned = { transform: `translate(${x} ${y}) rotate(-55)` };
    return make("g", turned, letters(0, 0, short, "end"));
  });
}

// A slider from word to word, which a pointer above `svg` moves, too.
function wordSlider(svg, tokens, points, { left, column, value, act }) {
  const counts = points.map(([count]) => count);
  const control = slider("Word", {
    max: points.length - 1,
    value: value ?? points.length - 1,
    words: (at) => {
      const [count, positive] = points[at];
      return `${count} of ${tokens.length}, “${tokens[count - 1]}”: ${positive.toFixed(2)}`;
    },
    act,
  });
  const input = control.querySelector("input");
  svg.addEventListener("pointermove", (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    const place = Math.floor((x - left) / column);
    if (place < 0) return;
    const at = counts.findIndex((count) => count > place);
    input.value = at < 0 ? counts.length - 1 : at;
    input.dispatchEvent(new Event("input"));
  });
  return control;
}

// The curve alone, as wide as `box`, with its slider below.
function showCurve(box, tokens, points, onWord = () => {}) {
  const left = CURVE.scale;
  const column = Math.min(40, (box.clientWidth - left - 4) / tokens.length);
  const withWords = column > 17;
  const tall = CURVE.top + CURVE.tall + (withWords ? CURVE.words : 10);
  const wide = left + column * tokens.length + 4;
  const size = { width: wide, height: tall, viewBox: `0 0 ${wide} ${tall}` };
  const end = points.at(-1)[1].toFixed(2);
  const name = `The probability of positive word by word; ${end} at the end.`;
  const svg = make("svg", { ...size, role: "img", "aria-label": name });
  const cursor = make("path", { stroke: "currentColor", "stroke-width": 1.5 });
  svg.append(...curveScale(left - 8), ...curveParts(points, { left, column }));
  if (withWords) svg.append(...slantedWords(tokens, { left, column }));
  svg.append(cursor);
  const act = (at) => {
    const x = left + (points[at][0] - 0.5) * column;
    cursor.setAttribute("d", `M${x} ${CURVE.top - 8}V${CURVE.top + CURVE.tall + 6}`);
    onWord(points[at][0] - 1);
  };
  const control = wordSlider(svg, tokens, points, { left, column, act });
  box.replaceChildren(svg, control);
}
