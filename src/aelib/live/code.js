// The code: bars that can be dragged, or a picture where it has many values or is made of maps.
import { hot } from "./network.js";
import { clamp, contextOf, make, makeCanvas, makeSvg, placeIn } from "./page.js";

/** @import { Words } from "./words.js" */

const MOST_BARS = 128; // a code of more values is shown as a map and cannot be dragged

/** @type {Record<string, number>} */
const OTHER_BAR = { ArrowLeft: -1, ArrowRight: 1 };
/** @type {Record<string, number>} */
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }; // fortieths of the range

/**
 * @param {Words} words
 * @param {(values: Float32Array | null) => void} changed null: as the encoder gives it
 */
export function makeCode(words, changed) {
  const bars = makeSvg("path", { class: "ae-bars" });
  const ghost = makeSvg("path", { class: "ae-ghost" });
  const selected = makeSvg("path", { class: "ae-selected" });
  const chart = makeSvg(
    "svg",
    {
      class: "ae-chart", viewBox: "0 0 100 100", preserveAspectRatio: "none",
      role: "slider", tabindex: 0, "aria-orientation": "vertical",
    },
    ghost, bars, selected,
  );
  const map = makeCanvas("ae-code-map", 1, 1, words.codeMap);
  map.hidden = true;
  const title = make("span", { class: "ae-title" });
  const readout = make("span", { class: "ae-readout" });
  const reset = make("button", { type: "button", class: "ae-button ae-reset", hidden: "" }, words.reset);
  const hint = make("p", { class: "ae-hint" }, words.codeHint);
  const head = make("div", { class: "ae-head" }, title, readout, reset);
  const element = make("div", { class: "ae-code" }, head, chart, map, hint);

  /** @type {Float32Array} */
  let values = new Float32Array(1);
  let low = 0, high = 1; // ends of the bars
  let index = 0; // of the bar that is selected
  const change = (/** @type {number} */ value) => {
    values = values.slice();
    values[index] = clamp(value, low, high);
    changed(values);
  };
  const drag = (/** @type {PointerEvent} */ event) => {
    if (!chart.hasPointerCapture(event.pointerId)) return;
    change(high - placeIn(event, chart)[1] * (high - low));
  };

  chart.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    chart.focus({ preventScroll: true });
    chart.setPointerCapture(event.pointerId);
    index = clamp(Math.floor(placeIn(event, chart)[0] * values.length), 0, values.length - 1);
    drag(event);
  });
  chart.addEventListener("pointermove", drag);
  chart.addEventListener("keydown", (event) => {
    const other = OTHER_BAR[event.key];
    const step = STEPS[event.key];
    if (!other && !step) return;
    event.preventDefault();
    if (other) {
      index = (index + other + values.length) % values.length;
      show();
    } else {
      change(values[index] + (step * (high - low)) / 40);
    }
  });
  reset.addEventListener("click", () => {
    changed(null);
    chart.focus({ preventScroll: true });
  });

  const y = (/** @type {number} */ value) =>
    100 * (1 - (clamp(value, low, high) - low) / (high - low));
  const bar = (/** @type {number} */ value, /** @type {number} */ i) => {
    const width = 100 / values.length;
    const top = Math.min(y(value), y(0)), bottom = Math.max(y(value), y(0));
    const left = (i + 0.12) * width, right = (i + 0.88) * width;
    return `M${left} ${bottom + 0.5}V${top - 0.5}H${right}V${bottom + 0.5}Z`;
  };
  const path = (/** @type {Float32Array} */ heights) => Array.from(heights, bar).join("");
  const show = () => {
    index = Math.min(index, values.length - 1);
    const value = values[index];
    bars.setAttribute("d", path(values));
    selected.setAttribute("d", bar(value, index));
    readout.textContent = `z${subscript(index + 1)} = ${value.toFixed(2).replace("-", "−")}`;
    chart.setAttribute("aria-label", words.codeValue(index + 1, values.length));
    chart.setAttribute("aria-valuenow", value.toFixed(3));
    chart.setAttribute("aria-valuetext", value.toFixed(2));
  };

  return {
    element,
    /**
     * @param {Float32Array} z
     * @param {Float32Array} encoded what the encoder gives; the same array as z if nothing is edited
     * @param {{code: number[], range: [number, number]}} network its code's shape and values
     */
    draw(z, encoded, { code: shape, range }) {
      const asBars = z.length <= MOST_BARS;
      chart.style.display = asBars ? "" : "none";
      map.hidden = asBars;
      readout.hidden = hint.hidden = !asBars;
      reset.hidden = z === encoded;
      title.textContent = words.code(shape.length > 1 ? shape.join(" × ") : z.length);
      if (!asBars) {
        paintMaps(map, z, shape, range);
        return;
      }
      values = z;
      const room = 0.15 * (range[1] - range[0]) + 1e-6;
      [low, high] = [Math.min(0, range[0] < 0 ? range[0] - room : 0), Math.max(0, range[1] + room)];
      chart.setAttribute("aria-valuemin", low.toFixed(3));
      chart.setAttribute("aria-valuemax", high.toFixed(3));
      ghost.setAttribute("d", z === encoded ? "" : path(encoded));
      show();
    },
  };
}

/** @param {number} n */
function subscript(n) {
  return String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
}

/**
 * All maps of a spatial code side by side, black–blue–white between the ends of its range.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} z
 * @param {number[]} shape
 * @param {[number, number]} range
 */
function paintMaps(canvas, z, shape, [low, high]) {
  const [channels, h, w] = shape.length === 3 ? shape : [1, Math.ceil(z.length / 32), 32];
  const columns = Math.min(channels, 8 * Math.ceil(Math.sqrt(channels / 32)));
  const rows = Math.ceil(channels / columns);
  canvas.width = columns * (w + 1) - 1;
  canvas.height = rows * (h + 1) - 1;
  const context = contextOf(canvas);
  for (let c = 0; c < channels; c++) {
    const tile = context.createImageData(w, h);
    for (let i = 0; i < h * w && c * h * w + i < z.length; i++) {
      const [r, g, b] = hot((z[c * h * w + i] - low) / (high - low || 1));
      tile.data.set([b, g, r, 255], 4 * i);
    }
    context.putImageData(tile, (c % columns) * (w + 1), Math.floor(c / columns) * (h + 1));
  }
}
