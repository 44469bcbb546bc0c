// What the reader chooses before a training: everything but noise and latent size, which are sliders.
import { make } from "./page.js";
import { ACTIVATIONS, BATCHES, countsOf, isConvolutional, MISTAKES, RATES } from "./recipes.js";
import { BYTES, PART } from "./train_data.js";
import { hiddenFrom } from "./train_settings.js";

/** @import { Mistake, Recipe } from "./recipes.js" */
/** @import { Data } from "./train_data.js" */
/** @import { Words } from "./train_words.js" */

/**
 * @param {Words} words
 * @param {Record<string, Recipe>} presets
 * @param {Data} data
 * @param {(changes: Partial<Recipe>) => void} change
 * @param {(sentence: string) => void} say what cannot be taken
 */
export function makeControls(words, presets, data, change, say) {
  /** @param {string} label @param {HTMLElement} control */
  const row = (label, control) => make("label", { class: "ae-field" }, make("span", {}, label), control);

  /**
   * @template {string | number} Value
   * @param {string} name
   * @param {readonly Value[]} values
   * @param {(value: Value) => string} text
   * @param {(value: Value) => void} choose
   */
  const choice = (name, values, text, choose) => {
    /** @type {Value[]} */
    const offered = [];
    const select = make("select", { class: `ae-select ae-${name}` });
    const add = (/** @type {Value} */ value) =>
      select.append(make("option", { value: offered.push(value) - 1 }, text(value)));
    values.forEach(add);
    select.addEventListener("change", () => choose(offered[Number(select.value)]));
    const show = (/** @type {Value} */ value) => {
      if (!offered.includes(value)) add(value); // Python may begin with others
      select.value = String(offered.indexOf(value));
    };
    return { select, show };
  };

  const images = (/** @type {number} */ n) =>
    data.embedded ? words.images(n, ((Math.ceil(n / PART) * BYTES) / 1e6).toFixed(0)) : n.toLocaleString("en");
  const preset = choice("preset", Object.keys(presets), (key) => words.presets[key], (key) => change(presets[key]));
  const activation = choice("activation", ACTIVATIONS, (key) => words.activations[key],
    (key) => change({ activation: /** @type {Recipe["activation"]} */ (key) }));
  const rate = choice("rate", RATES, String, (value) => change({ rate: value }));
  const batch = choice("batch", BATCHES, String, (value) => change({ batch: value }));
  const count = choice("count", countsOf(data.count), images, (n) => change({ count: n }));
  const drawing = choice("drawn", [1, 0], (fresh) => (fresh ? words.freshNoise : words.onceNoise),
    (fresh) => change({ fresh: Boolean(fresh) }));
  const seed = make("input", { class: "ae-seed-input", type: "number", min: 0, max: 9999, step: 1 });
  seed.addEventListener("change", () => change({ seed: Math.min(9999, Math.max(0, Math.floor(Number(seed.value) || 0))) }));
  const hidden = make("input", { class: "ae-hidden-input", type: "text", inputmode: "numeric", title: words.hiddenHint });
  let widths = "";
  hidden.addEventListener("change", () => {
    const found = hiddenFrom(hidden.value);
    if (found) return change({ hidden: found });
    hidden.value = widths;
    say(words.changedHidden);
  });
  const hiddenRow = row(words.hidden, hidden);

  /** @type {Map<Mistake, HTMLInputElement>} */
  const switches = new Map();
  const list = MISTAKES.map((name) => {
    const [title, look] = words.mistake[name];
    const box = make("input", { type: "checkbox", class: `ae-break-${name}` });
    switches.set(name, box);
    box.addEventListener("change", () =>
      change({ mistakes: MISTAKES.filter((other) => switches.get(other)?.checked) }));
    return make("li", {}, make("label", {}, box, make("b", {}, title)), make("p", { class: "ae-hint" }, look));
  });

  const settings = make("div", { class: "ae-settings" },
    row(words.preset, preset.select), hiddenRow, row(words.activation, activation.select),
    row(words.rate, rate.select), row(words.batch, batch.select), row(words.count, count.select),
    row(words.drawing, drawing.select), row(words.seed, seed));
  const mistakes = make("details", { class: "ae-mistakes" },
    make("summary", {}, words.mistakes), make("p", { class: "ae-hint" }, words.mistakesHint), make("ul", {}, ...list));
  return {
    settings,
    mistakes,
    /** @param {Recipe} recipe */
    show(recipe) {
      preset.show(recipe.preset);
      activation.show(recipe.activation);
      rate.show(recipe.rate);
      batch.show(recipe.batch);
      count.show(recipe.count);
      drawing.show(recipe.fresh ? 1 : 0);
      seed.value = String(recipe.seed);
      hidden.value = widths = recipe.hidden.join(", ");
      hiddenRow.hidden = isConvolutional(recipe) || recipe.preset !== "free";
      for (const [name, box] of switches) box.checked = recipe.mistakes.includes(name);
    },
  };
}
