// Pictures that move. Each is a still in its page, drawn by Python; where it
// has frames, a slider leads through them. What no frame can hold is done by a
// script of its own, `live/<name>.js`, which is fetched when a page needs it
// and adds a function to LIVE.
const LIVE = {};
const here = document.currentScript.src;

// An element with its attributes and children, HTML or SVG.
function make(tag, attributes = {}, ...children) {
  const inSvg = ["svg", "g", "rect", "circle", "path", "text", "line"];
  const made = inSvg.includes(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A slider with its name before it and its value, in words, after it.
function slider(name, { min = 0, max, step = 1, value, words = String, act }) {
  const input = make("input", { type: "range", min, max, step });
  const shown = make("output");
  const label = make("label", { class: "slider" }, `${name} `, input, shown);
  input.value = value;
  const set = () => {
    shown.textContent = words(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
    act(Number(input.value));
  };
  input.addEventListener("input", set);
  set();
  return label;
}

function leadThroughFrames(svg) {
  const frames = [...svg.querySelectorAll("[data-frame]")];
  const control = slider(svg.dataset.turns, {
    max: frames.length - 1,
    value: frames.findIndex((frame) => !frame.hasAttribute("display")),
    words: (place) => frames[place].dataset.frame,
    act: (place) =>
      frames.forEach((frame, at) =>
        at === place
          ? frame.removeAttribute("display")
          : frame.setAttribute("display", "none"),
      ),
  });
  svg.after(make("div", { class: "controls" }, control));
}

function load(name) {
  const script = make("script", { src: new URL(name, here) });
  document.head.append(script);
  return new Promise((done, failed) => {
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
  });
}

document.addEventListener("DOMContentLoaded", async () => {
  document.querySelectorAll("svg[data-turns]").forEach(leadThroughFrames);
  for (const svg of document.querySelectorAll("svg[data-live]")) {
    const name = svg.dataset.live;
    if (!LIVE[name]) await load(`../live/${name}.js`);
    LIVE[name](svg, JSON.parse(svg.dataset.values));
  }
});
