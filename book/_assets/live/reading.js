// The LSTM reads your review: the verdict word by word and, below it, gates,
// memory and state of a few units, drawn as imdbtutor/pictures/reading.py does.
const DRAWN = 200; // words
const UNITS = 8; // of each direction: half speak most for, half most against
const ROW = 17;
const NAMES = 138; // pixels
const ROLES = {
  i: ["gate i, write", "gate"],
  f: ["gate f, keep", "gate"],
  o: ["gate o, show", "gate"],
  c: ["memory c", "memory"],
  h: ["state h", "hidden"],
};

// Gates, memory and state after each word, of the units that matter most.
function traceDirection(states, inOrder, name) {
  const shares = classifier.shares(states, name);
  const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
  const units = [...order.slice(0, UNITS / 2), ...order.slice(-UNITS / 2)];
  const rows = (pick) => units.map((k) => inOrder.map((s) => pick(s)[k]));
  return {
    units,
    share: units.map((k) => shares[k]),
    i: rows((state) => state.gates.i),
    f: rows((state) => state.gates.f),
    o: rows((state) => state.gates.o),
    c: rows((state) => state.c),
    h: rows((state) => state.h),
  };
}

async function traceReview(text, isStale) {
  const tokens = tokenize(text).slice(0, DRAWN);
  if (tokens.length === 0) return null;
  const reading = classifier.read(classifier.encode(tokens));
  const points = await verdictByWord(reading, isStale);
  const { forward, backward } = reading;
  return (
    points && {
      tokens,
      verdict: points.map(([, positive]) => positive),
      directions: {
        forward: traceDirection(forward, forward, "forward"),
        backward: traceDirection(backward, backward.toReversed(), "backward"),
      },
    }
  );
}

// What is drawn below the words: headings, and rows of numbers.
function listRows({ directions }, { direction, shown }) {
  const items = [];
  for (const [name, trace] of Object.entries(directions)) {
    if (direction !== "both" && direction !== name) continue;
    const share = (at) => `${signed(trace.share[at], 2)} to the score`;
    const row = (letter, at, label) =>
      items.push({ label, role: ROLES[letter][1], values: trace[letter][at] });
    if (ROLES[shown]) {
      const half = "the upper half speaks for positive, the lower against it";
      items.push({ head: name, more: `${ROLES[shown][0]}; ${half}` });
      trace.units.forEach((unit, at) => row(shown, at, `unit ${unit}`));
      continue;
    }
    const most = trace.share.indexOf(Math.max(...trace.share));
    const least = trace.share.indexOf(Math.min(...trace.share));
    for (const at of [most, least]) {
      items.push({ head: `${name}, unit ${trace.units[at]}`, more: share(at) });
      for (const letter of "ifoch") row(letter, at, ROLES[letter][0]);
    }
  }
  return items;
}

function drawCells({ values, role }, y, column) {
  const best = role === "hidden" ? values.indexOf(Math.max(...values)) : -1;
  return values.flatMap((value, place) => {
    const at = { x: place * column, y, width: column, height: ROW - 1 };
    const cell = make("rect", {
      ...at,
      width: column - 1,
      fill: INKS[role],
      "fill-opacity": 0.08 + 0.72 * Math.min(1, Math.abs(value)),
      "data-value": value,
    });
    const ink = { fill: "none", stroke: "currentColor" };
    const parts = [cell];
    if (value <= -0.05) {
      const d = `M${(place + 0.5) * column - 3} ${y + ROW / 2 - 0.5}h6`;
      parts.push(make("path", { d, ...ink, "stroke-width": 1.5 }));
    }
    if (place === best) parts.push(make("rect", { ...at, ...ink, "stroke-width": 2 }));
    return parts;
  });
}

// Two drawings: names and numbers stay, the words beside them scroll.
function drawReading(trace, choice, box) {
  const { tokens, verdict } = trace;
  const room = (box.clientWidth - NAMES) / tokens.length;
  const column = Math.min(30, Math.max(22, room));
  const points = verdict.map((positive, place) => [place + 1, positive]);
  const scale = { left: 0, column };
  const bold = { "font-weight": 600 };
  const names = make("svg", { width: NAMES, "aria-hidden": true });
  const words = make("svg", { width: column * tokens.length, role: "img" });
  names.append(...curveScale(NAMES - 8));
  words.append(...curveParts(points, scale), ...slantedWords(tokens, scale));
  const numbers = [];
  let y = CURVE.top + CURVE.tall + CURVE.words + 8;
  for (const item of listRows(trace, choice)) {
    if (item.head) {
      names.append(letters(0, y + 10, item.head, "start", bold));
      words.append(letters(0, y + 10, item.more, "start"));
      y += 22;
      continue;
    }
    const number = letters(NAMES - 8, y + ROW / 2, "", "end");
    numbers.push((place) => (number.textContent = plain(item.values[place])));
    names.append(letters(0, y + ROW / 2, item.label, "start"), number);
    words.append(...drawCells(item, y, column));
    y += ROW;
    if (item.label === ROLES.h[0]) y += 8;
  }
  const cursor = make("rect", {
    y: CURVE.top,
    width: column,
    height: y - CURVE.top,
    fill: "none",
    stroke: "currentColor",
    "stroke-dasharray": "3 3",
  });
  words.append(cursor);
  const end = verdict.at(-1).toFixed(2);
  words.setAttribute(
    "aria-label",
    `Verdict, gates and memory after each of ${tokens.length} words; ${end} at the end.`,
  );
  for (const part of [names, words]) part.setAttribute("height", y + 4);
  const scroller = make("div", { class: "reading-words" }, words);
  scroller.setAttribute("role", "group");
  scroller.setAttribute("aria-label", "The words");
  const act = (place) => {
    const x = place * column;
    cursor.setAttribute("x", x);
    const { scrollLeft, clientWidth } = scroller;
    if (x < scrollLeft || x + column > scrollLeft + clientWidth) {
      scroller.scrollLeft = x - clientWidth / 2;
    }
    numbers.forEach((set) => set(place));
  };
  const value = turningPoint(verdict);
  const control = wordSlider(words, tokens, points, { ...scale, value, act });
  box.replaceChildren(make("div", { class: "reading" }, names, scroller), control);
  // Now that it has a width: scroll there, and let the keyboard scroll.
  if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
  act(value);
}

// The word that moved the verdict most; nothing read is a half.
function turningPoint(verdict) {
  const moves = verdict.map((p, at) => Math.abs(p - (verdict[at - 1] ?? 0.5)));
  return moves.indexOf(Math.max(...moves));
}

function select(name, options, act) {
  const list = make("select");
  for (const [value, words] of Object.entries(options)) {
    list.append(make("option", { value }, words));
  }
  list.addEventListener("change", () => act(list.value));
  return make("label", {}, `${name} `, list);
}

LIVE.reading = async (svg, values) => {
  if (typeof showCurve === "undefined") {
    await Promise.all(["curve", "reader"].map((n) => load(`../try_it/${n}.js`)));
  }
  const choice = { direction: "both", shown: "units" };
  const box = make("div", { "aria-busy": false });
  let trace = values;
  let number = 0;
  const draw = () => drawReading(trace, choice, box);

  const review = make("textarea", { rows: 2, maxlength: 5000, spellcheck: false });
  review.value = values.text;
  const said = make("p", { role: "status" });
  const read = async () => {
    const mine = ++number;
    const isStale = () => mine !== number;
    said.textContent = "Loading the network (1.6 MB) ...";
    try {
      await fetchNetwork();
    } catch {
      said.textContent = "The network did not arrive. Are you offline?";
      return;
    }
    if (isStale()) return;
    const found = await traceReview(review.value, isStale);
    if (isStale()) return;
    said.textContent = found ? "" : "Type a review.";
    if (found?.tokens.length === DRAWN) {
      said.textContent = `Read up to its word ${DRAWN}.`;
    }
    if (found) {
      trace = found;
      draw();
    }
    box.ariaBusy = "false";
  };
  let waiting;
  review.addEventListener("input", () => {
    box.ariaBusy = "true";
    clearTimeout(waiting);
    waiting = setTimeout(read, 250);
  });
  review.addEventListener("focus", () => fetchNetwork().catch(() => {}));

  const set = (name) => (value) => {
    choice[name] = value;
    draw();
  };
  const rows = { units: "two units: gates, memory, state" };
  for (const letter of "cifoh") rows[letter] = `${UNITS} units: ${ROLES[letter][0]}`;
  const directions = { both: "both", forward: "forward", backward: "backward" };
  const controls = make(
    "div",
    { class: "controls" },
    select("Direction", directions, set("direction")),
    select("Show", rows, set("shown")),
  );
  const label = make("label", {}, "Your review ", review);
  const live = make("div", { class: "live-reading" }, label, said, controls, box);
  svg.replaceWith(live);
  draw();
};
