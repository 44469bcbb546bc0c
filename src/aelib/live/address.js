// The state in the page's address: #ae1=digit:3,noise:0.25,latent:16,seed:7&ae2=… ; each
// explorer and trainer of a page has its own part.
import { MOST_POINTS } from "./drawing.js";
import { SEEDS } from "./network.js";
import { afterPause, isStaticPage } from "./page.js";
import { DRAWN } from "./strip.js";

/**
 * What the reader can set.
 * @typedef {{noise: number, choice: number, digit: number, seed: number, drawing: string}} Settings
 */
/** @typedef {{name: number | string}[]} Named the networks, of which only the names matter here */

const PAUSE = 300; // milliseconds without a change before the address is written

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
 * Keep the part of one widget in the address, and take it from there.
 * @param {string} name the widget's
 * @param {() => string} text what its part says now
 * @param {(part: string) => void} follow what somebody's link says
 * @returns {{changed: () => void, stop: () => void}}
 */
export function keepPart(name, text, follow) {
  if (!isStaticPage()) return { changed() {}, stop() {} };
  /** @type {string | undefined} */
  let known; // what its part was when it was last read or written
  const take = () => {
    known = partsOf(location.hash).get(name);
    if (known !== undefined) follow(known);
  };
  const write = afterPause(PAUSE, () => {
    const parts = partsOf(location.hash);
    if (parts.get(name) !== known) return; // somebody has just gone elsewhere: that is read next
    known = text();
    parts.set(name, known);
    const hash = [...parts].map(([key, value]) => `${key}=${value}`).join("&");
    history.replaceState(history.state, "", `#${hash}`);
  });
  take();
  window.addEventListener("hashchange", take);
  return {
    changed: write.start,
    stop() {
      write.cancel();
      window.removeEventListener("hashchange", take);
    },
  };
}

/**
 * The widgets' parts of an address; an anchor of the page is not one.
 * @param {string} hash
 * @returns {Map<string, string>}
 */
function partsOf(hash) {
  const pairs = hash.slice(1).split("&").map((part) => part.split("="));
  return new Map(
    pairs.flatMap(([key, value]) => (/^(ae|tr)\d+$/.test(key) && value ? [[key, value]] : [])),
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

/**
 * The fields of a part, by name.
 * @param {string} part such as "digit:3,noise:0.25"
 * @returns {Map<string, string>}
 */
export function fieldsOf(part) {
  return new Map(
    part.split(",").map((field) => {
      const [name, value = ""] = field.split(":");
      return [name, value];
    }),
  );
}
