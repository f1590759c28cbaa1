// The page that searches: sections, best first, with the words around a find.
const MOST = 30; // sections shown
const AROUND = 80; // letters before and after a find

// The words of a text, and the names of code whole and in parts.
function wordsOf(text) {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const names = text.match(/[\p{L}\p{N}]+(_[\p{L}\p{N}]+)+/gu) ?? [];
  return [...words, ...names];
}

const index = new MiniSearch({
  fields: ["title", "page", "text", "code"],
  tokenize: wordsOf,
});
index.addAll(SECTIONS.map((section, id) => ({ id, ...section })));

function find(query) {
  const options = {
    boost: { title: 3, text: 2, page: 1, code: 0.5 },
    boostDocument: (id) => SECTIONS[id].weight,
    prefix: (term) => term.length > 2,
  };
  const all = index.search(query, { ...options, combineWith: "AND" });
  const found = all.length
    ? all
    : index.search(query, { ...options, fuzzy: 0.2 });
  return found.slice(0, MOST);
}

// The first place that holds a term, as three texts: before, the term, after.
function excerpt(text, terms) {
  const at = new RegExp(`(?<![\\p{L}\\p{N}])(${terms.join("|")})`, "iu");
  const place = text.match(at);
  if (!place) return null;
  const end = place.index + place[0].length;
  const from = Math.max(0, place.index - AROUND);
  return [
    (from ? "…" : "") + text.slice(from, place.index),
    place[0],
    text.slice(end, end + AROUND) + (end + AROUND < text.length ? "…" : ""),
  ];
}

function element(tag, attributes, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function show({ id, terms, queryTerms }) {
  const { title, page, address, text, code } = SECTIONS[id];
  const [path, anchor] = address.split("#");
  const marked = queryTerms.filter((term) => term.length > 2).join(" ");
  const words = encodeURIComponent(marked);
  const href = `${path}?highlight=${words}${anchor ? `#${anchor}` : ""}`;
  const item = element("li", {}, element("a", { href }, title));
  if (page !== title) item.append(element("span", { className: "of" }, page));
  const around = excerpt(text, queryTerms) ?? excerpt(text, terms);
  const inCode = around ? null : excerpt(code, terms);
  const [before, word, after] = around ?? inCode ?? [text.slice(0, 160), "", ""];
  const found = word ? [element("mark", {}, word)] : [];
  const shown = element("p", {}, before, ...found, after);
  if (inCode) shown.className = "code";
  item.append(shown);
  return item;
}

function answer(query) {
  const found = query ? find(query) : [];
  const count = document.querySelector("#search-count");
  const several = found.length === 1 ? "1 section" : `${found.length} sections`;
  count.textContent = query && (found.length ? several : "Nothing found.");
  document.querySelector("#search-results").replaceChildren(...found.map(show));
}

// On this page, the theme's dialog of Ctrl+K has a field like this one.
const field = document.querySelector("#section-search input[name=q]");
field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", () => answer(field.value.trim()));
answer(field.value.trim());
field.focus();
