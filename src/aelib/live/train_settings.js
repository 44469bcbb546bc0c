// A recipe that somebody asks for, in the page's address or by hand: what is not offered is left out.
import { fieldsOf } from "./address.js";
import { ACTIVATIONS, BATCHES, countsOf, isConvolutional, MISTAKES, RATES } from "./recipes.js";

/** @import { Recipe } from "./recipes.js" */

const MOST_SEEDS = 2 ** 32;
const [NARROWEST, WIDEST, DEEPEST] = [2, 512, 3]; // of the hidden layers, as in recipe.py
const LARGEST_CODE = 128;

/** A number as people write it, in decimal; NaN for anything else. @param {string} text */
function numberFrom(text) {
  return /^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

/**
 * Widths of hidden layers, or null for what cannot be built.
 * @param {string} text such as "256, 128"
 */
export function hiddenFrom(text) {
  const widths = text.split(/[\s,，、.]+/).filter(Boolean).map(numberFrom);
  const good = (/** @type {number} */ n) => Number.isInteger(n) && n >= NARROWEST && n <= WIDEST;
  return widths.length >= 1 && widths.length <= DEEPEST && widths.every(good) ? widths : null;
}

/** @param {Recipe} recipe */
export function recipeToText(recipe) {
  const fields = [
    ["preset", recipe.preset.replace(" ", "-")],
    ...(recipe.preset === "free" ? [["hidden", recipe.hidden.join(".")]] : []),
    ...(isConvolutional(recipe) ? [] : [["latent", recipe.latent]]),
    ["activation", recipe.activation.replace(" ", "-")],
    ["noise", Math.round(recipe.noise * 100) / 100],
    ["drawn", recipe.fresh ? "fresh" : "once"],
    ["rate", recipe.rate],
    ["batch", recipe.batch],
    ["count", recipe.count],
    ["seed", recipe.seed],
    ...(recipe.mistakes.length ? [["break", recipe.mistakes.join(".")]] : []),
  ];
  return fields.map((pair) => pair.join(":")).join(",");
}

/**
 * @param {string} text may come from anybody's link
 * @param {Record<string, Recipe>} presets
 * @param {Recipe} now what is set at present
 * @param {number} available how many training images there are
 * @returns {Recipe}
 */
export function recipeFromText(text, presets, now, available) {
  const fields = fieldsOf(text);
  const word = (/** @type {string} */ name) => fields.get(name)?.replace("-", " ") ?? "";
  const number = (/** @type {string} */ name) => numberFrom(fields.get(name) ?? "");
  const preset = word("preset");
  const recipe = { ...(Object.hasOwn(presets, preset) ? presets[preset] : now) };
  const hidden = hiddenFrom(fields.get("hidden") ?? "");
  if (hidden && recipe.preset === "free") recipe.hidden = hidden;
  const latent = Math.floor(number("latent"));
  if (latent >= 2 && latent <= LARGEST_CODE) recipe.latent = latent;
  const activation = ACTIVATIONS.find((name) => name === word("activation"));
  if (activation) recipe.activation = /** @type {Recipe["activation"]} */ (activation);
  if (number("noise") >= 0 && number("noise") <= 1) recipe.noise = number("noise");
  if (word("drawn") === "fresh" || word("drawn") === "once") recipe.fresh = word("drawn") === "fresh";
  /** @type {(name: "rate" | "batch" | "count", offered: number[]) => void} */
  const choose = (name, offered) => {
    if ([...offered, now[name]].includes(number(name))) recipe[name] = number(name); // Python may offer more
  };
  choose("rate", RATES);
  choose("batch", BATCHES);
  choose("count", countsOf(available));
  const seed = Math.floor(number("seed"));
  if (seed >= 0 && seed < MOST_SEEDS) recipe.seed = seed;
  const mistakes = (fields.get("break") ?? "").split(".");
  if (fields.has("break")) recipe.mistakes = MISTAKES.filter((name) => mistakes.includes(name));
  return recipe;
}

/**
 * The steps of an epoch.
 * @param {Recipe} recipe
 * @param {number} added how many digits of the reader's own are trained on too
 */
export function stepsOf(recipe, added) {
  return Math.ceil((recipe.count + added) / recipe.batch);
}
