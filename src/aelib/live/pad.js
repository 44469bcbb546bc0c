// The pad on which the reader writes a digit: with a mouse, a pen, a finger, or the keyboard.
import { MOST_POINTS, strokesFromText, strokesToText } from "./drawing.js";
import { clamp, contextOf, make, placeIn } from "./page.js";

/** @import { Point, Stroke } from "./drawing.js" */
/** @import { Words } from "./words.js" */

const WIDTH = 224; // pixels of the pad's side
const NEAR = 0.012; // points nearer than this to the last one are not kept

/** @type {Record<string, Point>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {Pick<Words, "pad" | "undo" | "clear"> & {padHint: string}} words
 * @param {(drawing: string) => void} changed
 */
export function makePad(words, changed) {
  const canvas = make("canvas", {
    class: "ae-pad", width: WIDTH, height: WIDTH,
    tabindex: 0, role: "application", "aria-label": words.pad,
  });
  const undo = make("button", { type: "button", class: "ae-button ae-undo" }, words.undo);
  const clear = make("button", { type: "button", class: "ae-button ae-clear" }, words.clear);
  const hint = make("p", { class: "ae-hint" }, words.padHint);
  const side = make("div", { class: "ae-drawing-side" }, hint, undo, clear);
  const element = make("div", { class: "ae-drawing", hidden: "" }, canvas, side);

  /** @type {Stroke[]} */
  let strokes = [];
  let text = ""; // the strokes as they are written
  /** @type {Point} */
  let pen = [0.5, 0.25]; // the pen of those who write with the keyboard
  let down = false; // whether a stroke is being drawn

  /** @param {Stroke[]} fresh */
  const replace = (fresh) => {
    strokes = fresh;
    text = strokesToText(strokes);
    changed(text);
  };
  const room = () => MOST_POINTS - strokes.flat().length;
  const begin = (/** @type {Point} */ point) => {
    if (room() <= 0) return;
    down = true;
    replace([...strokes, [point]]);
  };
  /** Lengthen the last stroke by the points that move the pen, as far as there is room. */
  const add = (/** @type {Point[]} */ points) => {
    const stroke = strokes[strokes.length - 1].slice();
    const most = stroke.length + room();
    for (const [x, y] of points) {
      const [lastX, lastY] = stroke[stroke.length - 1];
      const moves = Math.hypot(x - lastX, y - lastY) >= NEAR;
      if (moves && stroke.length < most) stroke.push([x, y]);
    }
    if (stroke.length > strokes[strokes.length - 1].length) {
      replace([...strokes.slice(0, -1), stroke]);
    }
  };
  const lift = () => {
    down = false;
  };
  /** @returns {Point} */
  const at = (/** @type {PointerEvent} */ event) => {
    const [x, y] = placeIn(event, canvas);
    return [clamp(x), clamp(y)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down || !canvas.hasPointerCapture(event.pointerId)) return;
    const events = event.getCoalescedEvents?.() ?? [];
    add((events.length ? events : [event]).map(at));
  });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("blur", lift);
  canvas.addEventListener("focus", () => paintStrokes());
  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (step) {
      pen = [clamp(pen[0] + step[0] / 28), clamp(pen[1] + step[1] / 28)];
      if (down) add([pen]);
    } else if (down) {
      lift();
    } else {
      begin(pen);
    }
    paintStrokes();
  });
  undo.addEventListener("click", () => replace(strokes.slice(0, -1)));
  clear.addEventListener("click", () => replace([]));

  function paintStrokes() {
    const context = contextOf(canvas);
    context.fillStyle = "#000";
    context.fillRect(0, 0, WIDTH, WIDTH);
    Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth: WIDTH / 14, strokeStyle: "#fff" });
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * WIDTH, stroke[0][1] * WIDTH);
      for (const [x, y] of stroke) context.lineTo(x * WIDTH, y * WIDTH);
      context.stroke();
    }
    if (canvas.matches(":focus-visible")) {
      context.beginPath();
      context.arc(pen[0] * WIDTH, pen[1] * WIDTH, 6, 0, 2 * Math.PI);
      Object.assign(context, { lineWidth: 3, strokeStyle: down ? "#ff8c3a" : "#7db9ff" });
      context.stroke();
    }
  }

  return {
    element,
    /**
     * @param {boolean} shown
     * @param {string} drawing the one to show: the reader's, or from the address or Python
     */
    draw(shown, drawing) {
      element.hidden = !shown;
      if (drawing !== text) {
        strokes = strokesFromText(drawing);
        text = drawing;
        lift();
      }
      undo.disabled = clear.disabled = !strokes.length;
      if (shown) paintStrokes();
    },
  };
}
