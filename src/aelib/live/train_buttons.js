// The trainer's buttons, and which of them can be pressed.
import { make } from "./page.js";

/** @import { Doing } from "./train_session.js" */
/** @import { Words } from "./train_words.js" */

/** @typedef {"start" | "pause" | "step" | "epoch" | "reset" | "give" | "copy" | "save"} Name */

/** @type {Name[]} */
const TRAIN = ["start", "pause", "step", "epoch", "reset"];
/** @type {Name[]} */
const FEW = ["start", "pause", "step", "reset"];
/** @type {Name[]} */
const TAKE = ["give", "copy", "save"];

/**
 * @param {Words} words
 * @param {boolean} small whether there is room for few only
 * @param {Record<Name, () => void>} does what each does when it is pressed
 */
export function makeButtons(words, small, does) {
  const made = /** @type {Record<Name, HTMLButtonElement>} */ (Object.fromEntries(
    [...TRAIN, ...TAKE].map((name) => {
      const button = make("button", { type: "button", class: `ae-button ae-${name}` }, words[name]);
      button.addEventListener("click", does[name]);
      return [name, button];
    }),
  ));
  /** @param {Name[]} names */
  const row = (names) => make("div", { class: "ae-tools" }, ...names.map((name) => made[name]));
  return {
    train: row(small ? FEW : TRAIN),
    take: row(TAKE),
    /**
     * @param {Doing} doing
     * @param {boolean} begun whether there is a run
     * @param {number} steps those it has taken
     * @param {boolean} fresh whether the next press begins a run
     */
    show(doing, begun, steps, fresh) {
      const busy = doing === "training" || doing === "loading";
      made.start.textContent = steps && !fresh ? words.resume : words.start;
      made.pause.disabled = doing !== "training";
      made.start.disabled = made.step.disabled = made.epoch.disabled = busy;
      made.reset.disabled = !begun;
      for (const name of TAKE) made[name].disabled = !begun || !steps || doing === "failed" || doing === "loading";
    },
  };
}
