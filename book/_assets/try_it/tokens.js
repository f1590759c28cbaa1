// Text to words: the rules of chapter 5, as in imdbtutor/data/tokens.py.

const SUBSTITUTIONS = [
  ["'", " ' "],
  ['"', ""],
  [".", " . "],
  ["<br />", " "],
  [",", " , "],
  ["(", " ( "],
  [")", " ) "],
  ["!", " ! "],
  ["?", " ? "],
  [";", " "],
  [":", " "],
];

// What Python takes for white space. JavaScript's \s lacks some of it.
const SPACE =
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function tokenize(text) {
  text = text.toLowerCase();
  for (const [old, substitute] of SUBSTITUTIONS) {
    text = text.replaceAll(old, substitute);
  }
  return text.split(SPACE).filter((token) => token !== "");
}
