// Chapter 5: tokens, ids and unknown words of what a reader types, drawn as
// imdbtutor/pictures/pieces.py draws them. The tokenizer is that of the page
// "Try it"; the vocabulary is that of chapter 8.
LIVE.pieces = async (svg, { text: written, unknown }) => {
  await Promise.all([load("../try_it/tokens.js"), load("../live/vocab.js")]);
  const still = svg.cloneNode(true);
  const idOf = new Map(VOCAB.map((token, id) => [token, id]));
  const [LEFT, GAP, ROW, CELL] = [64, 8, 96, 26];
  const ink = "currentColor";
  const measure = make("canvas").getContext("2d");
  measure.font = "14px system-ui, sans-serif";

  const widthOf = (token) =>
    Math.max(44, measure.measureText(token).width + 24);

  function shorten(token, most) {
    if (widthOf(token) <= most) return token;
    const letters = [...token];
    while (widthOf(`${letters.join("")}…`) > most) letters.pop();
    return `${letters.join("")}…`;
  }

  const words = (x, y, content, more = {}) =>
    make(
      "text",
      { x, y, fill: ink, "dominant-baseline": "central", ...more },
      content,
    );

  function name(y, content) {
    const look = { "text-anchor": "end", "font-size": 13 };
    return words(LEFT - 10, y, content, look);
  }

  function piece(x, y, token, id, width) {
    const middle = { "text-anchor": "middle" };
    const box = { height: CELL, fill: "none", stroke: ink };
    const dashes = id === unknown ? { "stroke-dasharray": "4 3" } : {};
    const slip = { x: x - width / 2, y, width, rx: CELL / 2, ...box };
    const number = { x: x - 22, y: y + 52, width: 44, ...box };
    return make(
      "g",
      { "data-token": token, "data-id": id },
      make("rect", { ...slip, ...dashes }),
      words(x, y + 13, shorten(token, width), middle),
      make("path", { d: `M${x} ${y + 29}V${y + 44}`, stroke: ink }),
      make("path", { d: `M${x} ${y + 50}l-4 -8h8Z`, fill: ink }),
      make("rect", { ...number, ...dashes }),
      words(x, y + 65, id, { ...middle, "font-family": "monospace" }),
    );
  }

  const field = make("textarea", {
    rows: 2,
    maxlength: 300,
    spellcheck: false,
    style:
      "display: block; box-sizing: border-box; width: 100%; font: inherit; " +
      "padding: 0.5rem; color: inherit; background: transparent; " +
      "border: 1px solid currentColor; border-radius: 0.3rem",
  });
  const facts = make("output", { style: "display: block" });
  const label = make(
    "label",
    { style: "width: min(640px, 100%); text-align: left" },
    "Type a text of your own: ",
    field,
  );
  svg.before(make("div", { class: "controls" }, label, facts));

  function draw() {
    const tokens = tokenize(field.value);
    const ids = tokens.map((token) => idOf.get(token) ?? unknown);
    const room = Math.min(640, svg.parentElement.clientWidth || 640);
    svg.replaceChildren();
    let [x, y] = [LEFT, 2];
    const begin = () =>
      svg.append(name(y + 13, "tokens"), name(y + 65, "ids"));
    begin();
    tokens.forEach((token, place) => {
      const width = Math.min(widthOf(token), room - LEFT - 2);
      if (x > LEFT && x + width > room - 2) {
        [x, y] = [LEFT, y + ROW];
        begin();
      }
      svg.append(piece(x + width / 2, y, token, ids[place], width));
      x += width + GAP;
    });
    svg.append(words(LEFT, y + ROW, `dashed: unknown, id ${unknown}`));
    svg.setAttribute("viewBox", `0 0 ${room} ${y + ROW + 14}`);
    svg.setAttribute("width", room);
    const pairs = tokens.map((token, place) => `${token} ${ids[place]}`);
    svg.setAttribute("aria-label", `Tokens and ids: ${pairs.join(", ")}.`);
    const missing = ids.filter((id) => id === unknown).length;
    facts.textContent = `Tokens: ${tokens.length}, of them unknown: ${missing}`;
  }

  // No box on paper: there the still shows its own text, too.
  function drawStill() {
    svg.replaceChildren(...still.cloneNode(true).childNodes);
    for (const { name, value } of still.attributes) {
      svg.setAttribute(name, value);
    }
  }

  field.value = written;
  field.addEventListener("input", draw);
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", drawStill);
  window.addEventListener("afterprint", draw);
  draw();
};
