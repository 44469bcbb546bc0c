// The map of a two-dimensional code: the digits where the encoder puts them, and under the cursor
// what the decoder draws.
import { forward, fromBase64, readWeights } from "./network.js";
import { afterPause, grey, languageOf, make, makeCanvas, paint, whileOnScreen } from "./page.js";

const STEPS = 4095; // the grid of the codes, as in latent_map.py
const SIDE = 960; // pixels of the map's canvas
const STRIDE = 0.02; // part of the map that an arrow key crosses

// Ten colours of equal lightness, apart in hue; they stand out on light and dark ground.
const COLOURS = [
  "#d1495b", "#c8701d", "#a98600", "#5f9a21", "#1f9d6b",
  "#1796a8", "#3f83d6", "#7f6ee0", "#b05bc8", "#d0508f",
];

const WORDS = {
  zh: {
    title: "二维潜在空间的地图",
    map: "潜在空间：每个点是一张测试图的编码；移动指针、手指，或用方向键移动光标",
    decoded: "解码器在光标处画出的图",
    nearest: (digit) => `最近的测试图：${digit}`,
    say: (z, digit) => `编码 ${z}，最近的测试图是 ${digit}`,
  },
  en: {
    title: "Map of the two-dimensional latent space",
    map:
      "Latent space: each dot is the code of a test image; " +
      "move the pointer, a finger, or the cursor with the arrow keys",
    decoded: "What the decoder draws at the cursor",
    nearest: (digit) => `Nearest test image: ${digit}`,
    say: (z, digit) => `Code ${z}; the nearest test image is a ${digit}`,
  },
};

export default { render };

function render({ model, el }) {
  const words = WORDS[languageOf(model)];
  const [left, bottom, right, top] = model.get("bounds");
  const labels = model.get("labels");
  let codes = null; // read when first drawn, like the decoder
  let decoder = null;

  const map = makeCanvas("ae-map", SIDE, SIDE);
  const cursor = make("span", { class: "ae-cursor" });
  const frame = make(
    "div",
    { class: "ae-map-frame", tabindex: 0, role: "application", "aria-label": words.map },
    map,
    cursor,
  );
  const decoded = makeCanvas("ae-decoded", 28, 28, words.decoded);
  const where = make("p", { class: "ae-number" });
  const legend = make(
    "div",
    { class: "ae-legend", "aria-hidden": "true" },
    ...COLOURS.map((c, digit) => make("span", {}, make("i", { style: `background:${c}` }), String(digit))),
  );
  const status = make("p", { class: "ae-status", role: "status", "aria-live": "polite" });
  const root = make(
    "section",
    { class: "ae-latent-map", "aria-label": words.title, "data-ready": "false" },
    make(
      "div",
      { class: "ae-map-and-picture" },
      frame,
      make("div", { class: "ae-decoded-side" }, decoded, where, legend),
    ),
    status,
  );
  el.append(root);

  // a position as a part of the map's width and height, from its top left corner
  const toMap = ([x, y]) => [(x - left) / (right - left), (top - y) / (top - bottom)];
  const fromMap = (u, v) => [left + u * (right - left), top - v * (top - bottom)];
  const move = (u, v) => {
    const inside = (t) => Math.min(1, Math.max(0, t));
    model.set("position", fromMap(inside(u), inside(v)));
    model.save_changes();
  };

  function readAll() {
    const { layers, bits, weights } = model.get("decoder");
    decoder = readWeights(layers, bits, weights).decoder;
    codes = new Uint16Array(fromBase64(model.get("codes")).buffer);
    const context = map.getContext("2d");
    context.globalAlpha = 0.6;
    for (let i = 0; i < labels.length; i++) {
      context.fillStyle = COLOURS[labels[i]];
      context.beginPath();
      context.arc((codes[2 * i] / STEPS) * SIDE, (1 - codes[2 * i + 1] / STEPS) * SIDE, 3.2, 0, 7);
      context.fill();
    }
  }

  function nearest([u, v]) {
    let best = 0, least = Infinity;
    for (let i = 0; i < labels.length; i++) {
      const d = (codes[2 * i] / STEPS - u) ** 2 + (codes[2 * i + 1] / STEPS - 1 + v) ** 2;
      if (d < least) [best, least] = [i, d];
    }
    return labels[best];
  }

  function draw() {
    if (!decoder) readAll();
    const z = model.get("position");
    const [u, v] = toMap(z);
    paint(decoded, forward(decoder, { x: Float32Array.from(z), shape: [2] }, 1).x, grey);
    cursor.style.left = `${100 * u}%`;
    cursor.style.top = `${100 * v}%`;
    const digit = nearest([u, v]);
    const text = `(${z.map((t) => t.toFixed(2).replace("-", "−")).join(", ")})`;
    where.textContent = `z = ${text}\n${words.nearest(digit)}`;
    Object.assign(root.dataset, { z1: String(z[0]), z2: String(z[1]), nearest: digit, ready: "true" });
    announce();
  }

  const announce = afterPause(700, () => {
    const text = model.get("position").map((t) => t.toFixed(2)).join(", ");
    status.textContent = words.say(text, root.dataset.nearest);
  });

  const follow = (event) => {
    if (event.pointerType === "touch" && !frame.hasPointerCapture(event.pointerId)) return;
    const box = frame.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    follow(event);
  });
  frame.addEventListener("pointermove", follow);
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [u, v] = toMap(model.get("position"));
    move(u + STRIDE * step[0], v + STRIDE * step[1]);
  });

  const stage = whileOnScreen(root, draw);
  model.on("change:position", stage.changed);
  return () => {
    model.off("change:position", stage.changed);
    stage.stop();
    announce.cancel();
    root.remove();
  };
}
