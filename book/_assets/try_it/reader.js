// A box that judges what you type, on the front page and on Try it: it fetches
// the network when it is first wanted, reads, draws the verdict's curve, then
// leaves out one word after the other to see which of them moved the verdict.

const LONGEST = 5000; // tokens that are read
const WEIGHED = 400; // tokens up to which every word is left out once
const STEPS = WEIGHED ** 2; // steps of an LSTM that are taken for it, at most
const LEAST_KNOWN = 0.6; // share of known words below which none is told
const SLICE = 12; // milliseconds of work before the page may breathe

const byId = (id) => document.getElementById(id);
const signed = (x, digits) =>
  (x > 0 ? "+" : "−") + Math.abs(x).toFixed(digits);
const breathe = () => new Promise((done) => setTimeout(done));

let classifier;
let latest = 0; // number of the last judgement; older ones give up
const fetched = {};

// A script of this folder, fetched once; after a failure, it may come again.
function fetchOnce(name) {
  fetched[name] ??= load(`../try_it/${name}.js`).catch((fault) => {
    delete fetched[name];
    throw fault;
  });
  return fetched[name];
}

async function fetchNetwork(...others) {
  const names = ["tokens", "lstm", "model", ...others];
  await Promise.all(names.map(fetchOnce));
  const started = performance.now();
  classifier ??= loadClassifier(MODEL);
  return performance.now() - started;
}

// Work on one item after the other, in slices, so that typing goes on; null
// if something else was typed meanwhile.
async function inSlices(items, work, isStale, tell = () => {}) {
  const done = [];
  let until = performance.now() + SLICE;
  for (const item of items) {
    done.push(work(item));
    if (performance.now() > until) {
      tell(done.length);
      await breathe();
      if (isStale()) return null;
      until = performance.now() + SLICE;
    }
  }
  return done;
}

// The probability of positive after each word; of a long review, every few.
function verdictByWord(reading, isStale) {
  const total = reading.ids.length;
  const every = Math.ceil(total ** 2 / STEPS);
  const counts = [];
  for (let count = every; count < total; count += every) counts.push(count);
  return inSlices(
    [...counts, total],
    (count) => [count, sigmoid(classifier.scoreOfStart(reading, count))],
    isStale,
  );
}

// The places whose words are left out: all, or of a long review those that
// `strength` finds most telling.
function placesToWeigh(ids, strength) {
  const places = ids.map((_, place) => place);
  if (ids.length <= WEIGHED) return places;
  const order = places.toSorted((a, b) => strength(ids[b]) - strength(ids[a]));
  return order.slice(0, Math.floor(STEPS / ids.length));
}

async function weigh(reading, strength, isStale) {
  const places = placesToWeigh(reading.ids, strength);
  const found = await inSlices(
    places,
    (place) => classifier.weightOf(reading, place),
    isStale,
    (count) =>
      (byId("progress").textContent =
        `Leaving out word ${count} of ${places.length} ...`),
  );
  if (!found) return null;
  const weights = new Array(reading.ids.length).fill(null);
  places.forEach((place, at) => (weights[place] = found[at]));
  byId("progress").textContent =
    places.length === weights.length
      ? ""
      : `To leave out each of ${weights.length} words would take long. These are ` +
        `the ${places.length} that a bag of words finds most telling.`;
  return weights;
}

// What is said of a score, unless too few words are known.
function verdict(score, ids) {
  const positive = sigmoid(score);
  const sure = Math.max(positive, 1 - positive);
  const known = ids.filter((id) => id !== UNK_ID).length / ids.length;
  const told = known >= LEAST_KNOWN || byId("careful")?.checked === false;
  const words = told
    ? `${sideOf(positive)}, with a probability of ${sure.toFixed(sure < 0.505 ? 3 : 2)}`
    : `cannot tell: the vocabulary has ${Math.floor(100 * known)} % of the words`;
  return { positive, told, words, unknown: Math.round((1 - known) * ids.length) };
}

// A bar from the middle to the side that is likelier, in its colour.
function showMeter(meter, { positive, told }) {
  meter.hidden = !told;
  meter.dataset.side = sideOf(positive);
  meter.setAttribute("aria-valuenow", positive.toFixed(2));
  const bar = meter.firstElementChild;
  bar.style.left = `${100 * Math.min(0.5, positive)}%`;
  bar.style.width = `${100 * Math.abs(positive - 0.5)}%`;
}

async function judge(more = {}) {
  const number = ++latest;
  const isStale = () => number !== latest;
  byId("words").ariaBusy = "true";
  await judgeText(more, isStale);
  if (!isStale()) byId("words").ariaBusy = "false";
}

async function judgeText({ also = () => {}, strength = () => 0 }, isStale) {
  const all = tokenize(byId("review").value);
  const tokens = all.slice(0, LONGEST);
  byId("result").hidden = tokens.length === 0;
  if (tokens.length === 0) {
    byId("prediction").textContent = "Type a review above.";
    also(null);
    return;
  }
  const started = performance.now();
  const reading = classifier.read(classifier.encode(tokens));
  const score = classifier.scoreOf(reading);
  const took = performance.now() - started;
  const said = verdict(score, reading.ids);
  byId("prediction").textContent = said.words;
  byId("prediction").dataset.positive = said.positive;
  showMeter(byId("meter"), said);
  also({ ...said, score, took, tokens, length: all.length, ids: reading.ids });
  const parts = showWords(tokens, reading.ids);
  await breathe();
  const points = isStale() ? null : await verdictByWord(reading, isStale);
  if (!points) return;
  let here;
  showCurve(byId("curve"), tokens, points, (place) => {
    byId("words").children[here]?.classList.remove("here");
    byId("words").children[(here = place)]?.classList.add("here");
  });
  byId("curve").dataset.points = JSON.stringify(points);
  const weights = await weigh(reading, strength, isStale);
  if (weights) showWords(tokens, reading.ids, weights);
}

// Shade words as `shade_words` does in Python: the sign of a weight shows in
// the line below the word and in the number above it, too.
const LOOKS = {
  for: { rgb: "1, 115, 178", line: "solid" },
  against: { rgb: "222, 143, 5", line: "dotted" },
};

function shade(part, weight, share) {
  const { rgb, line } = LOOKS[weight > 0 ? "for" : "against"];
  part.style.background = `rgba(${rgb}, ${0.45 * share})`;
  part.style.textDecoration = `underline ${line} 0.15em rgb(${rgb})`;
  part.style.textUnderlineOffset = "0.25em";
  part.append(make("rt", {}, signed(weight, 1)));
}

function showWords(tokens, ids, weights) {
  const strongest = Math.max(0, ...(weights ?? []).map(Math.abs));
  const parts = tokens.map((token, place) => {
    const weight = weights?.[place] ?? 0;
    const share = Math.abs(weight) / strongest;
    const shown = share > 0.15 && Math.abs(weight) >= 0.05; // never ±0.0
    const part = make(shown ? "ruby" : "span", {}, token);
    if (ids[place] === UNK_ID) {
      part.classList.add("unknown");
      part.title = "not in the vocabulary";
    }
    if (shown) shade(part, weight, share);
    return part;
  });
  byId("words").replaceChildren(...parts.flatMap((part) => [part, " "]));
  byId("words").dataset.weights = JSON.stringify(weights ?? null);
}

// Say that the network is on its way, fetch it, and judge what is typed now
// and later. `ready` returns what `judgeText` is told besides.
let started;
function startReader({ others = [], ready = () => ({}) } = {}) {
  started ??= beginReading(others, ready).catch(() => {
    started = undefined;
    byId("prediction").textContent =
      "The network did not arrive. Are you offline? Type, and it is asked for again.";
  });
  return started;
}

async function beginReading(others, ready) {
  byId("prediction").textContent = "Loading the network (1.6 MB) ...";
  const took = await fetchNetwork(...others);
  const more = ready();
  byId("reader").dataset.ready = took;
  let waiting;
  byId("review").addEventListener("input", () => {
    latest++;
    byId("words").ariaBusy = "true";
    clearTimeout(waiting);
    waiting = setTimeout(() => judge(more), 250);
  });
  await judge(more);
  return more;
}
