// An explorer's part of the page's address, such as digit:3,noise:0.25,latent:16,seed:7.
import { fieldsOf, keepPart } from "./address.js";
import { MOST_POINTS } from "./drawing.js";
import { SEEDS } from "./network.js";
import { DRAWN } from "./strip.js";

/**
 * What the reader can set.
 * @typedef {{noise: number, choice: number, digit: number, seed: number, drawing: string}} Settings
 */
/** @typedef {{name: number | string}[]} Named the networks, of which only the names matter here */

/**
 * Keep the state in the address, and take it from there.
 * @param {string} name the explorer's
 * @param {Named} networks
 * @param {number} count how many images there are
 * @param {() => Settings} settings
 * @param {(changes: Partial<Settings>) => void} set
 */
export function keepInAddress(name, networks, count, settings, set) {
  return keepPart(
    name,
    () => stateToText(settings(), networks),
    (part) => set(stateFromText(part, networks, count)),
  );
}

/**
 * @param {Settings} state
 * @param {Named} networks
 */
export function stateToText(state, networks) {
  const fields = [
    ["digit", state.digit],
    ["noise", Math.round(state.noise * 100) / 100],
    ["latent", encodeURIComponent(networks[state.choice].name)],
    ["seed", state.seed],
  ];
  if (state.digit === DRAWN) fields.push(["drawing", state.drawing]);
  return fields.map((pair) => pair.join(":")).join(",");
}

/**
 * What cannot be read in a text, or is out of range, is left as it is.
 * @param {string} text may come from anybody's link
 * @param {Named} networks
 * @param {number} count how many images there are
 */
export function stateFromText(text, networks, count) {
  const fields = fieldsOf(text);
  /** @type {Partial<Settings>} */
  const state = {};
  const number = (/** @type {"noise" | "digit" | "seed"} */ name, low = 0, high = 1) => {
    const value = Number(fields.get(name) || NaN);
    if (value >= low && value <= high) state[name] = name === "noise" ? value : Math.floor(value);
  };
  number("noise", 0, 1);
  number("digit", DRAWN, count - 1);
  number("seed", 0, SEEDS - 1);
  const latent = fields.get("latent");
  const choice = networks.findIndex(({ name }) => encodeURIComponent(name) === latent);
  if (choice >= 0) state.choice = choice;
  const drawing = fields.get("drawing");
  if (drawing !== undefined && /^[\w.-]*$/.test(drawing)) {
    state.drawing = drawing.slice(0, 4 * MOST_POINTS);
  }
  return state;
}
