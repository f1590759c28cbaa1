// The box on the front page: first what Python wrote there, then, once a
// reader is in it, the network itself.
LIVE.front = async (svg, { tokens, verdict }) => {
  await Promise.all(["curve", "reader"].map((n) => load(`../try_it/${n}.js`)));
  const points = verdict.map((positive, place) => [place + 1, positive]);
  showCurve(byId("curve"), tokens, points);

  const example = byId("example");
  const review = make("textarea", { id: "review", rows: 3, maxlength: 2000 });
  review.value = example.textContent;
  review.spellcheck = false;
  const button = make("button", { type: "button" }, "Clear and write");
  const label = make("label", { for: "review" }, "A review. Write your own:");
  example.replaceWith(label, review, button);
  review.addEventListener("focus", () => startReader());
  review.addEventListener("input", () => startReader());
  button.addEventListener("click", () => {
    review.focus();
    review.select();
  });
};
