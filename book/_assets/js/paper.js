// On paper, the page is light and its answers are open; on the screen it is
// then as it was before.
let kept = null;

function toPaper() {
  if (kept) return;
  const closed = document.querySelectorAll("details.answer:not([open])");
  kept = { theme: document.documentElement.dataset.theme, closed };
  document.documentElement.dataset.theme = "light";
  closed.forEach((answer) => (answer.open = true));
}

function toScreen() {
  if (!kept) return;
  document.documentElement.dataset.theme = kept.theme;
  kept.closed.forEach((answer) => (answer.open = false));
  kept = null;
}

// Each browser tells it in one of two ways, or in both.
window.addEventListener("beforeprint", toPaper);
window.addEventListener("afterprint", toScreen);
matchMedia("print").addEventListener("change", (media) =>
  media.matches ? toPaper() : toScreen(),
);
