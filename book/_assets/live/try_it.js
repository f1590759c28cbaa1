// The page Try it: the reader, a bag of words beside it, and examples, some of
// them real reviews of which it is known what their writers thought.

const choice = {
  others: ["bag", "bag_weights"],
  ready: () => {
    bag ??= new Bag(BAG);
    return { also: showRest, strength: (id) => bag.strength(id) };
  },
};
let bag;

function showRest(said) {
  byId("bag").textContent = "";
  byId("bag-meter").hidden = true;
  if (!said) return;
  const other = verdict(bag.score(said.ids), said.ids);
  byId("bag").textContent = other.words;
  byId("bag").dataset.positive = other.positive;
  showMeter(byId("bag-meter"), other);
  const { score, took, tokens, length, unknown } = said;
  const cut = length > tokens.length ? `, the first of ${length}` : "";
  byId("facts").textContent =
    `Score ${signed(score, 2)}; ${tokens.length} tokens${cut}, ` +
    `${unknown} not in the vocabulary; read in ${took.toFixed(0)} ms.`;
}

async function tryExample(button) {
  byId("review").value = button.textContent.trim();
  const { label } = button.dataset;
  byId("truth").hidden = !label;
  byId("truth").textContent = label
    ? `Whoever wrote this on IMDb gave the film a ${label} rating.`
    : "";
  const more = await startReader(choice);
  if (more) judge(more);
}

LIVE.try_it = async () => {
  await Promise.all(["curve", "reader"].map((n) => load(`../try_it/${n}.js`)));
  byId("review").disabled = byId("careful").disabled = false;
  byId("review").addEventListener("input", () => {
    byId("truth").hidden = true;
    startReader(choice);
  });
  byId("careful").addEventListener("change", async () => {
    const more = await startReader(choice);
    if (more) judge(more);
  });
  for (const button of document.querySelectorAll("#examples button")) {
    button.disabled = false;
    button.addEventListener("click", () => tryExample(button));
  }
  await startReader(choice);
};
