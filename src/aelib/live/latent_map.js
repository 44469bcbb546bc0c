// The map of a two-dimensional code: the digits where the encoder puts them, and under the cursor
// what the decoder draws.
import { makeTexts } from "./apart.js";
import { coloursOf, makeLegend } from "./colours.js";
import { forward, readWeights } from "./network.js";
import {
  afterPause, clamp, contextOf, grey, languageFor, make, makeCanvas, paint, placeIn, whileOnScreen,
} from "./page.js";
import { fromBase64, SIDE } from "./pixels.js";
import { WAITING } from "./waiting.js";

/** @import { Layer } from "./network.js" */
/** @import { Model } from "./page.js" */

/**
 * @typedef {{
 *   language: "zh" | "en",
 *   decoder: {bits: number, weights: string, layers: {decoder: Layer[]}},
 *   codes: string,
 *   labels: string,
 *   names?: string[],
 *   bounds: [number, number, number, number],
 *   position: number[],
 * }} State
 */

const GRID = 4095; // the codes are whole numbers from 0 to this, as in latent_map.py
const MAP = 960; // pixels of the map's side
const DOT = 3.2; // pixels of a dot's radius
const STRIDE = 0.02; // part of the map that an arrow key crosses

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {Record<"title" | "map" | "decoded", string> & {
 *   nearest: (name: string) => string,
 *   say: (z: string, name: string) => string,
 * }} Words
 */
/** @type {Record<"zh" | "en", Words>} */
const WORDS = {
  zh: {
    title: "二维潜在空间的地图",
    map: "潜在空间：每个点是一张测试图的编码；移动指针、手指，或用方向键移动光标",
    decoded: "解码器在光标处画出的图",
    nearest: (name) => `最近的测试图：${name}`,
    say: (z, name) => `编码 ${z}，最近的测试图是 ${name}`,
  },
  en: {
    title: "Map of the two-dimensional latent space",
    map:
      "Latent space: each dot is the code of a test image; " +
      "move the pointer or a finger, or move the cursor with the arrow keys",
    decoded: "What the decoder draws at the cursor",
    nearest: (name) => `Nearest test image: ${name}`,
    say: (z, name) => `Code ${z}; the nearest test image is a ${name}`,
  },
};

export default { render };

/**
 * Draw one map.
 * @param {{model: Model<State>, el: HTMLElement}} widget
 * @returns {() => void} undoes it
 */
function render({ model, el }) {
  const language = languageFor(model.get("language"));
  const words = WORDS[language];
  const [left, bottom, right, top] = model.get("bounds");
  const labels = fromBase64(model.get("labels"));
  const names = model.get("names") ?? [];
  const nameOf = (/** @type {number} */ label) => names[label] ?? String(label);
  const colours = coloursOf(labels.reduce((most, label) => Math.max(most, label), 0) + 1);

  const map = makeCanvas("ae-map", MAP, MAP);
  const cursor = make("span", { class: "ae-cursor" });
  const frame = make(
    "div",
    { class: "ae-map-frame", tabindex: 0, role: "application", "aria-label": words.map },
    map,
    cursor,
  );
  const decoded = makeCanvas("ae-decoded", SIDE, SIDE, words.decoded);
  const where = make("p", { class: "ae-number" });
  const legend = makeLegend(colours, names);
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

  // a position as a part of the map's width and height, from its top left corner
  const toMap = (/** @type {number[]} */ [x, y]) =>
    [(x - left) / (right - left), (top - y) / (top - bottom)];
  const move = (/** @type {number[]} */ [u, v]) => {
    model.set("position", [left + clamp(u) * (right - left), top - clamp(v) * (top - bottom)]);
    model.save_changes();
  };

  /** @type {{decoder: Layer[], u: Float32Array, v: Float32Array} | null} */
  let read = null; // the decoder and the dots' places; read when first drawn
  const textOf = makeTexts(() => stage.changed(), (address) => {
    where.textContent = WAITING[language].unreachable(address);
  });
  function readAll() {
    const { layers, bits, weights } = model.get("decoder");
    const text = textOf(weights), dots = textOf(model.get("codes"));
    if (text === null || dots === null) return null;
    const codes = new Uint16Array(fromBase64(dots).buffer);
    const u = Float32Array.from(labels, (_, i) => codes[2 * i] / GRID);
    const v = Float32Array.from(labels, (_, i) => 1 - codes[2 * i + 1] / GRID);
    const context = contextOf(map);
    context.globalAlpha = 0.6;
    labels.forEach((label, i) => {
      context.fillStyle = colours[label];
      context.beginPath();
      context.arc(u[i] * MAP, v[i] * MAP, DOT, 0, 2 * Math.PI);
      context.fill();
    });
    return { ...readWeights(layers, bits, text), u, v };
  }

  function draw() {
    where.textContent = WAITING[language].waiting;
    read ??= readAll();
    if (!read) return;
    const { decoder, u, v } = read;
    const z = model.get("position");
    const place = toMap(z);
    paint(decoded, forward(decoder, { x: Float32Array.from(z), shape: [2] }, 1).x, grey);
    cursor.style.left = `${100 * place[0]}%`;
    cursor.style.top = `${100 * place[1]}%`;
    const label = labels[nearest(place, u, v)];
    const text = z.map((t) => t.toFixed(2)).join(", ");
    where.textContent = `z = (${text.replaceAll("-", "−")})\n${words.nearest(nameOf(label))}`;
    Object.assign(root.dataset, { z1: z[0], z2: z[1], nearest: label, ready: "true" });
    result = words.say(text, nameOf(label));
    announce.start();
  }

  let result = "";
  const announce = afterPause(700, () => {
    status.textContent = result;
  });

  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "touch" && !frame.hasPointerCapture(event.pointerId)) return;
    move(placeIn(event, frame));
  };
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    follow(event);
  });
  frame.addEventListener("pointermove", follow);
  frame.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const [u, v] = toMap(model.get("position"));
    move([u + STRIDE * step[0], v + STRIDE * step[1]]);
  });

  const stage = whileOnScreen(root, draw);
  model.on("change:position", stage.changed);
  window.addEventListener("beforeprint", draw);
  el.append(root); // the last step: what is on the page is whole
  return () => {
    model.off("change:position", stage.changed);
    window.removeEventListener("beforeprint", draw);
    stage.stop();
    announce.cancel();
    root.remove();
  };
}

/**
 * The index of the dot that lies nearest.
 * @param {number[]} place
 * @param {Float32Array} u
 * @param {Float32Array} v
 */
function nearest(place, u, v) {
  let best = 0, least = Infinity;
  for (let i = 0; i < u.length; i++) {
    const d = (u[i] - place[0]) ** 2 + (v[i] - place[1]) ** 2;
    if (d < least) [best, least] = [i, d];
  }
  return best;
}
