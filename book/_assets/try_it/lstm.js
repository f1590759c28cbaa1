// The classifier of chapter 7: words in, logits out. No library; every number
// is computed on this page.
//
// `model.weights` holds the trained numbers by the names they have in PyTorch:
// a matrix is { data, rows, columns }, its numbers row by row.

const UNK_ID = 1;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// y = W x + b
function affine(W, x, b) {
  const y = new Float32Array(W.rows);
  for (let row = 0; row < W.rows; row++) {
    let sum = b[row];
    const start = row * W.columns;
    for (let column = 0; column < W.columns; column++) {
      sum += W.data[start + column] * x[column];
    }
    y[row] = sum;
  }
  return y;
}

// What an LSTM knows before the first word. `best` is the largest value that
// each number of h has had so far: the pooling by maximum, done on the way.
// The gates are kept for those who want to look at them.
function startState(hidden) {
  const zeros = () => new Float32Array(hidden);
  return {
    h: zeros(),
    c: zeros(),
    best: zeros().fill(-Infinity),
    gates: { i: zeros(), f: zeros(), o: zeros() },
  };
}

// One step. `fromWord` is W x + b, the word's part of the four gates: it stands
// where `affine` has its b, which makes U h + (W x + b).
function step(U, fromWord, state) {
  const hidden = state.h.length;
  const gates = affine(U, state.h, fromWord);
  const next = startState(hidden); // empty, to be filled
  for (let k = 0; k < hidden; k++) {
    const i = sigmoid(gates[k]); // what to write
    const f = sigmoid(gates[hidden + k]); // what to keep
    const g = Math.tanh(gates[2 * hidden + k]); // the candidate to write
    const o = sigmoid(gates[3 * hidden + k]); // what to show
    next.c[k] = f * state.c[k] + i * g;
    next.h[k] = o * Math.tanh(next.c[k]);
    next.best[k] = Math.max(state.best[k], next.h[k]);
    next.gates.i[k] = i;
    next.gates.f[k] = f;
    next.gates.o[k] = o;
  }
  return next;
}

// One of the two LSTMs. It remembers each word's part of the gates, as most
// words of a review come again while you type.
class Direction {
  constructor(model, name) {
    const part = (what) => model.weights[`layers.0.${name}.${what}_l0`];
    this.embedding = model.weights["embedding.weight"];
    this.W = part("weight_ih");
    this.U = part("weight_hh");
    // PyTorch keeps two biases; only their sum counts.
    this.b = part("bias_ih").data.map((b, k) => b + part("bias_hh").data[k]);
    this.fromWords = new Map();
  }

  fromWord(id) {
    if (!this.fromWords.has(id)) {
      const { data, columns } = this.embedding;
      const x = data.subarray(id * columns, (id + 1) * columns);
      this.fromWords.set(id, affine(this.W, x, this.b));
    }
    return this.fromWords.get(id);
  }

  // Read words one after the other; return the state after each.
  read(ids, state = startState(this.U.columns)) {
    return ids.map((id) => (state = step(this.U, this.fromWord(id), state)));
  }
}

class Classifier {
  constructor(model) {
    this.ids = new Map(model.vocab.map((token, id) => [token, id]));
    this.forward = new Direction(model, "forward_lstm");
    this.backward = new Direction(model, "backward_lstm");
    this.weight = model.weights["linear.weight"];
    this.bias = model.weights["linear.bias"].data;
  }

  encode(tokens) {
    return tokens.map((token) => this.ids.get(token) ?? UNK_ID);
  }

  // Both directions' states, the backward one's from the last word on.
  read(ids) {
    return {
      ids,
      forward: this.forward.read(ids),
      backward: this.backward.read(ids.toReversed()),
    };
  }

  // The score: positive logit minus negative.
  score(forward, backward) {
    const pooled = Float32Array.of(...forward.best, ...backward.best);
    const [negative, positive] = affine(this.weight, pooled, this.bias);
    return positive - negative;
  }

  scoreOf(reading) {
    return this.score(reading.forward.at(-1), reading.backward.at(-1));
  }

  // The score if the review ended after its first `count` words. Forward, that
  // state is known; backward, reading begins anew at the new end.
  scoreOfStart({ ids, forward }, count) {
    const backward = this.backward.read(ids.slice(0, count).toReversed());
    return this.score(forward[count - 1], backward.at(-1));
  }

  // What each number of a direction's state adds to the score.
  shares(states, name) {
    const { data, columns } = this.weight;
    const first = name === "forward" ? 0 : columns / 2;
    const weight = (k) => data[columns + first + k] - data[first + k];
    return Array.from(states.at(-1).best, (best, k) => best * weight(k));
  }

  // How far the score falls without the word at `place`. Up to that word
  // nothing changes, so each direction goes on from there; backwards, places
  // count from the end. A single word is replaced by an unknown one.
  weightOf(reading, place) {
    const { ids, forward, backward } = reading;
    if (ids.length === 1) {
      return this.scoreOf(reading) - this.scoreOf(this.read([UNK_ID]));
    }
    const skip = (direction, order, states, at) => {
      const before = states[at - 1] ?? startState(direction.U.columns);
      return direction.read(order.slice(at + 1), before).at(-1) ?? before;
    };
    const mirrored = ids.length - 1 - place;
    const without = this.score(
      skip(this.forward, ids, forward, place),
      skip(this.backward, ids.toReversed(), backward, mirrored),
    );
    return this.scoreOf(reading) - without;
  }
}

// Numbers come as text: 16-bit integers, and one scale for each row.
function unpack({ rows, columns, integers, scales }) {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const whole = new Int16Array(bytes(integers).buffer);
  const scale = new Float32Array(bytes(scales).buffer);
  const data = new Float32Array(whole.length);
  for (let place = 0; place < data.length; place++) {
    data[place] = whole[place] * scale[Math.floor(place / columns)];
  }
  return { data, rows, columns };
}

function loadClassifier({ vocab, tensors }) {
  const weights = {};
  for (const [name, packed] of Object.entries(tensors)) {
    weights[name] = unpack(packed);
  }
  return new Classifier({ vocab, weights });
}
