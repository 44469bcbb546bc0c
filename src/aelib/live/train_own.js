// Digits that the reader draws, to be tested or trained on.
import { drawnDigit, strokesFromText } from "./drawing.js";
import { make } from "./page.js";
import { makePad } from "./pad.js";
import { PIXELS } from "./pixels.js";

/** @import { Words } from "./train_words.js" */

const MOST = 20; // digits of either kind

/**
 * @param {Words} words
 * @param {{undo: string, clear: string}} buttons the pad's
 * @param {() => void} changed
 */
export function makeOwn(words, buttons, changed) {
  let drawing = "";
  /** @type {Record<"shown" | "added", Uint8Array[]>} */
  const own = { shown: [], added: [] };
  const count = make("p", { class: "ae-hint", role: "status" });
  const pad = makePad({ ...buttons, pad: words.pad, padHint: words.padHint }, (text) => {
    drawing = text;
    redraw();
  });
  /** @param {"shown" | "added"} kind @param {string} text */
  const adder = (kind, text) => {
    const button = make("button", { type: "button", class: `ae-button ae-add-${kind}` }, text);
    button.addEventListener("click", () => {
      own[kind].push(Uint8Array.from(drawnDigit(strokesFromText(drawing)), (v) => 17 * Math.round(v * 15)));
      drawing = "";
      redraw();
      changed();
    });
    return button;
  };
  const show = adder("shown", words.show), learn = adder("added", words.learn);
  pad.element.lastElementChild?.append(show, learn, count);
  const element = make("details", { class: "ae-own" }, make("summary", {}, words.own), pad.element);
  element.addEventListener("toggle", redraw);

  function redraw() {
    pad.draw(true, drawing);
    show.disabled = !drawing || own.shown.length >= MOST;
    learn.disabled = !drawing || own.added.length >= MOST;
    count.textContent = words.ownCount(own.shown.length, own.added.length);
  }

  /** @param {Uint8Array[]} digits */
  const joined = (digits) => {
    const all = new Uint8Array(digits.length * PIXELS);
    digits.forEach((digit, i) => all.set(digit, i * PIXELS));
    return all;
  };
  return {
    element,
    shown: () => joined(own.shown),
    added: () => joined(own.added),
    count: () => `${own.shown.length} ${own.added.length}`,
  };
}
