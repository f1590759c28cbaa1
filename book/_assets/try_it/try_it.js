// The page around the classifier: it judges what you type, then leaves out
// one word after the other to see which of them moved the verdict.

const LONGEST = 5000; // tokens that are read
const WEIGHED = 400; // tokens up to which every word is left out once
const LEAST_KNOWN = 0.6; // share of known words below which none is told
const SLICE = 12; // milliseconds of work before the page may breathe

const byId = (id) => document.getElementById(id);
const signed = (x, digits) =>
  (x > 0 ? "+" : "−") + Math.abs(x).toFixed(digits);
const breathe = () => new Promise((done) => setTimeout(done));

let classifier;
let latest = 0; // number of the last judgement; older ones give up

async function judge() {
  const number = ++latest;
  const isStale = () => number !== latest;
  await judgeText(isStale);
  if (!isStale()) byId("words").ariaBusy = "false";
}

async function judgeText(isStale) {
  const all = tokenize(byId("review").value);
  const tokens = all.slice(0, LONGEST);
  byId("result").hidden = tokens.length === 0;
  if (tokens.length === 0) {
    byId("prediction").textContent = "Type a review above.";
    return;
  }
  const started = performance.now();
  const reading = classifier.read(classifier.encode(tokens));
  const score = classifier.scoreOf(reading);
  const took = performance.now() - started;
  showVerdict(score, tokens, all.length, reading.ids, took);
  showWords(tokens, reading.ids);
  if (tokens.length > WEIGHED) {
    byId("progress").textContent =
      `Too long to leave out each word: that is done up to ${WEIGHED} tokens.`;
    return;
  }
  const weights = await weigh(reading, isStale);
  if (weights) {
    byId("progress").textContent = "";
    showWords(tokens, reading.ids, weights);
  }
}

// Leave out each word in turn, in slices, so that typing goes on meanwhile.
async function weigh(reading, isStale) {
  const weights = [];
  let until = performance.now() + SLICE;
  for (let place = 0; place < reading.ids.length; place++) {
    weights.push(classifier.weightOf(reading, place));
    if (performance.now() > until) {
      byId("progress").textContent =
        `Leaving out word ${place + 1} of ${reading.ids.length} ...`;
      await breathe();
      if (isStale()) return null;
      until = performance.now() + SLICE;
    }
  }
  return weights;
}

function showVerdict(score, tokens, length, ids, took) {
  const positive = sigmoid(score);
  const name = positive > 0.5 ? "positive" : "negative";
  const sure = Math.max(positive, 1 - positive);
  const known = ids.filter((id) => id !== UNK_ID).length / ids.length;
  const told = known >= LEAST_KNOWN || !byId("careful").checked;
  byId("prediction").textContent = told
    ? `${name}, with a probability of ${sure.toFixed(sure < 0.505 ? 3 : 2)}`
    : `cannot tell: the vocabulary has ${Math.floor(100 * known)} % of the words`;
  byId("prediction").dataset.positive = positive;
  byId("scale").hidden = !told;
  byId("bar").value = positive;
  const unknown = Math.round((1 - known) * ids.length);
  const cut = length > tokens.length ? `, the first of ${length}` : "";
  byId("facts").textContent =
    `Score ${signed(score, 2)}; ${tokens.length} tokens${cut}, ` +
    `${unknown} not in the vocabulary; read in ${took.toFixed(0)} ms.`;
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
  const number = document.createElement("rt");
  number.textContent = signed(weight, 1);
  part.append(number);
}

function showWords(tokens, ids, weights) {
  const strongest = Math.max(...(weights ?? [0]).map(Math.abs));
  const parts = tokens.map((token, place) => {
    const weight = weights?.[place] ?? 0;
    const share = Math.abs(weight) / strongest;
    const part = document.createElement(share > 0.15 ? "ruby" : "span");
    part.textContent = token;
    if (ids[place] === UNK_ID) {
      part.classList.add("unknown");
      part.title = "not in the vocabulary";
    }
    if (share > 0.15) shade(part, weight, share);
    return part;
  });
  byId("words").replaceChildren(...parts.flatMap((part) => [part, " "]));
  byId("words").dataset.weights = JSON.stringify(weights ?? null);
}

document.addEventListener("DOMContentLoaded", () => {
  const started = performance.now();
  classifier = loadClassifier(MODEL);
  byId("reader").dataset.ready = performance.now() - started;
  byId("review").disabled = byId("careful").disabled = false;
  let waiting;
  byId("review").addEventListener("input", () => {
    latest++;
    byId("words").ariaBusy = "true";
    clearTimeout(waiting);
    waiting = setTimeout(judge, 250);
  });
  byId("careful").addEventListener("change", judge);
  for (const button of document.querySelectorAll("#examples button")) {
    button.addEventListener("click", () => {
      byId("review").value = button.textContent;
      judge();
    });
  }
  judge();
});
