// The bag of words of chapter 11, with the network's vocabulary: how often a
// word stands in the review, and how rare it is; then one weight a word.

class Bag {
  constructor({ bias, words }) {
    this.bias = bias;
    const { data, columns } = unpack(words); // two rows, the first two ids lack
    this.rarity = (id) => data[id - 2];
    this.weight = (id) => data[columns + id - 2];
  }

  score(ids) {
    const counts = new Map();
    for (const id of ids) {
      if (id !== UNK_ID) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    let [sum, squares] = [0, 0];
    for (const [id, count] of counts) {
      const tfidf = (1 + Math.log(count)) * this.rarity(id);
      sum += tfidf * this.weight(id);
      squares += tfidf ** 2;
    }
    return this.bias + (squares && sum / Math.sqrt(squares));
  }

  // How much a word speaks, whichever way.
  strength(id) {
    return id === UNK_ID ? 0 : Math.abs(this.rarity(id) * this.weight(id));
  }
}
