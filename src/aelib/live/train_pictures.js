// What the network sees and answers while it learns: test images, and at latent size 2 the map of
// their codes.
import { coloursOf, makeLegend } from "./colours.js";
import { contextOf, grey, make, makeCanvas, paint } from "./page.js";
import { PIXELS, SIDE } from "./pixels.js";

/** @import { Words } from "./train_words.js" */

const PLACES = 10; // of test images, kept free
const MAP = 480, DOT = 2.4; // pixels of the map's side, and of a dot's radius
const UNLABELLED = "#888";
const SHOWN = 0.01; // part of the codes that may lie outside the map, at each end

/** @param {Words} words */
export function makeDigits(words) {
  const element = make("div", { class: "ae-training-digits", role: "group", "aria-label": words.digits });
  /** @type {{above: HTMLCanvasElement, below: HTMLCanvasElement, error: HTMLElement}[]} */
  let tiles = [];

  /** @param {number} count */
  function lay(count) {
    tiles = Array.from({ length: count }, () => ({
      above: makeCanvas("ae-seen", SIDE, SIDE, words.input),
      below: makeCanvas("ae-answered", SIDE, SIDE, words.output),
      error: make("span", { class: "ae-number" }),
    }));
    element.replaceChildren(
      ...tiles.map(({ above, below, error }) => make("div", { class: "ae-training-digit" }, above, below, error)));
  }

  lay(PLACES);
  return {
    element,
    /**
     * @param {Float32Array} originals what the answers are compared with
     * @param {Float32Array} inputs
     * @param {Float32Array} outputs
     */
    draw(originals, inputs, outputs) {
      const count = originals.length / PIXELS;
      if (count !== tiles.length) lay(count);
      tiles.forEach(({ above, below, error }, i) => {
        const part = (/** @type {Float32Array} */ all) => all.subarray(i * PIXELS, (i + 1) * PIXELS);
        paint(above, part(inputs), grey);
        paint(below, part(outputs), grey);
        let total = 0;
        part(outputs).forEach((v, p) => (total += (v - originals[i * PIXELS + p]) ** 2));
        error.textContent = (total / PIXELS).toFixed(3);
      });
    },
  };
}

/**
 * @param {Words} words
 * @param {string[]} names of the classes, none without labels
 */
export function makeTrainingMap(words, names) {
  const map = makeCanvas("ae-training-map", MAP, MAP, words.map);
  const colours = names.length ? coloursOf(names.length) : [];
  const element = make("div", { hidden: "" }, map, makeLegend(colours, names));
  return {
    element,
    /**
     * @param {Float32Array | null} codes two values for each test image
     * @param {Uint8Array} labels
     */
    draw(codes, labels) {
      element.hidden = !codes;
      if (!codes) return;
      const context = contextOf(map);
      context.clearRect(0, 0, MAP, MAP);
      const [[left, width], [bottom, height]] = [0, 1].map((axis) => {
        const values = codes.filter((_, i) => i % 2 === axis).sort();
        const low = values[Math.floor(SHOWN * values.length)];
        return [low, values[Math.ceil((1 - SHOWN) * values.length) - 1] - low || 1];
      });
      labels.forEach((label, i) => {
        context.fillStyle = colours[label] ?? UNLABELLED;
        context.beginPath();
        const x = (0.05 + (0.9 * (codes[2 * i] - left)) / width) * MAP;
        const y = (0.95 - (0.9 * (codes[2 * i + 1] - bottom)) / height) * MAP;
        context.arc(x, y, DOT, 0, 2 * Math.PI);
        context.fill();
      });
    },
  };
}
