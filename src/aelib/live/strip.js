// The digits to choose from: the thumbnails, each with its reconstruction, and a last tile for the
// reader's own digit.
import { grey, make, makeCanvas, paint } from "./page.js";
import { PIXELS, SIDE } from "./pixels.js";

/** @import { Words } from "./words.js" */

const SLICE = 6; // milliseconds of a frame that the thumbnails may take

export const DRAWN = -1; // the number of the reader's own picture

/**
 * Whether labels are digits, as far as can be known: there are some, without names, none above 9.
 * @param {(number | string)[]} labels
 */
export function areDigits(labels) {
  return labels.length > 0 && labels.every((label) => typeof label === "number" && label < 10);
}

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {Words} words
 * @param {Float32Array[]} images
 * @param {(number | string)[]} labels none, or one for each image: a digit, or its class's name
 * @param {(digit: number) => void} choose
 */
export function makeStrip(words, images, labels, choose) {
  const canvases = images.map(() => makeCanvas("ae-thumbnail-reconstruction", SIDE, SIDE));
  const radios = images.map((image, i) => {
    const thumbnail = makeCanvas("ae-thumbnail-original", SIDE, SIDE);
    paint(thumbnail, image, grey);
    return makeRadio(words.tile(labels[i], i), thumbnail, canvases[i]);
  });
  const pencil = make("span", { class: "ae-pencil", "aria-hidden": "true" }, "✎");
  radios.push(makeRadio(words.draw, pencil, words.draw));
  /** @param {number} place */
  const numberOf = (place) => (place === images.length ? DRAWN : place);
  radios.forEach((radio, place) => radio.addEventListener("click", () => choose(numberOf(place))));

  const group = make(
    "div",
    { class: "ae-digits", role: "radiogroup", "aria-label": words.choose(areDigits(labels)) },
    ...radios,
  );
  group.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const from = radios.findIndex((radio) => radio === document.activeElement);
    const place = (from + step + radios.length) % radios.length;
    radios[place].focus();
    choose(numberOf(place));
  });

  const hint = make("p", { class: "ae-hint" }, words.strip);
  const element = make("div", { class: "ae-strip" }, group, hint);
  let drawnFor = ""; // the settings that the reconstructions show
  let frame = 0;
  return {
    element,
    /** @param {number} digit */
    choose(digit) {
      radios.forEach((radio, place) => {
        const chosen = numberOf(place) === digit;
        radio.setAttribute("aria-checked", String(chosen));
        radio.tabIndex = chosen ? 0 : -1;
      });
    },
    /**
     * Reconstruct all thumbnails, some in each frame, so that the large picture never waits.
     * @param {string} settings nothing is done while they are the same
     * @param {(x: Float32Array, count: number) => Float32Array} reconstruct
     */
    redraw(settings, reconstruct) {
      if (settings === drawnFor) return;
      drawnFor = settings;
      element.dataset.ready = "false";
      cancelAnimationFrame(frame);
      let next = 0;
      const some = () => {
        const begin = performance.now();
        while (next < images.length && performance.now() - begin < SLICE) {
          const few = images.slice(next, next + 4);
          const x = new Float32Array(few.length * PIXELS);
          few.forEach((image, i) => x.set(image, i * PIXELS));
          const y = reconstruct(x, few.length);
          few.forEach((_, i) => {
            paint(canvases[next + i], y.subarray(i * PIXELS, (i + 1) * PIXELS), grey);
          });
          next += few.length;
        }
        if (next < images.length) frame = requestAnimationFrame(some);
        else element.dataset.ready = "true";
      };
      frame = requestAnimationFrame(some);
    },
    stop: () => cancelAnimationFrame(frame),
  };
}

/**
 * @param {string} name
 * @param {...(Node | string)} children
 */
function makeRadio(name, ...children) {
  const attributes = { type: "button", role: "radio", class: "ae-thumbnail", "aria-label": name };
  return make("button", { ...attributes, "aria-checked": "false", tabindex: -1 }, ...children);
}
