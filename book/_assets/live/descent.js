// Gradient descent on the landscape of chapter 2: the reader sets the start,
// by sliders or by dragging the ring, and the learning rate.
LIVE.descent = (svg, { counts, labels, trail, rate, range, box }) => {
  const rates = [0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15];
  const most = 300; // steps
  const flat = 0.01; // length of a gradient that counts as none
  const [low, high] = range;
  const [left, top, side] = box;
  const start = [...trail[0]];
  const minus = (number, digits = 1) =>
    number.toFixed(digits).replace("-", "\u2212");

  const score = (row, weights) =>
    row[0] * weights[0] + row[1] * weights[1];

  // The mean of -ln p over the reviews; p is that of the right class.
  function lossAt(weights) {
    const losses = counts.map((row, k) => {
      const z = score(row, weights);
      return Math.log1p(Math.exp(labels[k] ? -z : z));
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
  }

  // Prediction less label, times the count; the mean over the reviews.
  function gradientAt(weights) {
    const gradient = [0, 0];
    counts.forEach((row, k) => {
      const error = 1 / (1 + Math.exp(-score(row, weights))) - labels[k];
      row.forEach((count, j) => {
        gradient[j] += (error * count) / labels.length;
      });
    });
    return gradient;
  }

  function descend() {
    const walked = [[...start]];
    let [weights, back, before] = [start, false, null];
    while (walked.length <= most) {
      const gradient = gradientAt(weights);
      if (Math.hypot(...gradient) < flat) return { walked, settled: true };
      if (before) back = score(gradient, before) < 0; // it turned round
      before = gradient;
      weights = weights.map((weight, j) => weight - rate * gradient[j]);
      walked.push(weights);
    }
    return { walked, settled: false, back };
  }

  const place = ([across, up]) => [
    ((across - low) / (high - low)) * side,
    side - ((up - low) / (high - low)) * side,
  ];

  // Within the frame, and cut off at its border.
  const frame = { x: left, y: top, width: side, height: side };
  const steps = make("g");
  const ring = make("circle", {
    r: 7,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
  });
  const grip = make("circle", {
    r: 22,
    fill: "transparent",
    style: "cursor: grab; touch-action: none",
  });
  svg.querySelector("g.path").replaceWith(
    make("svg", frame, steps, ring, grip),
  );
  const said = make("p", {
    role: "status",
    style: "flex-basis: 100%; margin: 0; text-align: center",
  });

  function draw() {
    const { walked, settled, back } = descend();
    const ends = walked.map(place);
    const line = ends.map((end) => end.map((at) => at.toFixed(1)).join(" "));
    steps.replaceChildren(
      make("path", {
        d: `M${line.join("L")}`,
        fill: "none",
        stroke: "currentColor",
        "stroke-width": 1.5,
      }),
      ...ends
        .slice(1)
        .map(([cx, cy]) =>
          make("circle", { cx, cy, r: 2.5, fill: "currentColor" }),
        ),
    );
    for (const circle of [ring, grip]) {
      circle.setAttribute("cx", ends[0][0]);
      circle.setAttribute("cy", ends[0][1]);
    }
    const taken = walked.length - 1;
    const loss = minus(lossAt(walked[taken]), 3);
    const count = taken === 1 ? "1 step" : `${taken} steps`;
    if (settled) said.textContent = `${count} to the flat bottom, loss ${loss}.`;
    else if (back)
      said.textContent = `${count} and no end, loss ${loss}: it jumps back and forth.`;
    else said.textContent = `${count} and not there yet, loss ${loss}.`;
    svg.dataset.trail = JSON.stringify(walked);
  }

  const weight = (name, at) =>
    slider(`start: ${name}`, {
      min: low,
      max: high,
      step: 0.1,
      value: start[at],
      words: (value) => minus(value),
      act: (value) => {
        start[at] = value;
        draw();
      },
    });
  const weights = [weight("great", 0), weight("boring", 1)];
  const speed = slider("learning rate", {
    max: rates.length - 1,
    value: rates.indexOf(rate),
    words: (at) => String(rates[at]),
    act: (at) => {
      rate = rates[at];
      draw();
    },
  });
  svg.after(make("div", { class: "controls" }, ...weights, speed, said));

  // Where the pointer is, in weights.
  function under(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      svg.getScreenCTM().inverse(),
    );
    const scale = (high - low) / side;
    return [low + (at.x - left) * scale, high - (at.y - top) * scale];
  }

  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  grip.addEventListener("pointermove", (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    under(event).forEach((value, at) => {
      const input = weights[at].querySelector("input");
      input.value = value;
      input.dispatchEvent(new Event("input"));
    });
  });
};
