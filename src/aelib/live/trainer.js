// The trainer: what the reader chooses, how the training goes, and what becomes of it. The training
// itself is in train_worker.js, its course in train_session.js; each thing on the screen is a file.
import { keepPart } from "./address.js";
import { isStaticPage, languageFor, make } from "./page.js";
import { isConvolutional } from "./recipes.js";
import { nameSliders } from "./sliders.js";
import { makeButtons } from "./train_buttons.js";
import { makeChart } from "./train_chart.js";
import { makeControls } from "./train_controls.js";
import { makeHand } from "./train_hand.js";
import { makeOwn } from "./train_own.js";
import { makeDigits, makeTrainingMap } from "./train_pictures.js";
import { makeSession } from "./train_session.js";
import { recipeFromText, recipeToText } from "./train_settings.js";
import { TRAIN_WORDS } from "./train_words.js";
import { WORDS } from "./words.js";

/** @import { Model } from "./page.js" */
/** @import { Recipe } from "./recipes.js" */
/** @import { Data } from "./train_data.js" */
/** @import { News } from "./train_worker.js" */

/**
 * @typedef {{
 *   name: string, language: "zh" | "en", worker: string, small: boolean,
 *   presets: Record<string, Recipe>, data: Data, baselines: number[],
 *   recipe: Recipe, noise: number, latent: number, trained: object,
 *   noise_label: string, latent_label: string,
 * }} State
 */

export default { render };

/**
 * Draw one trainer.
 * @param {{model: Model<State>, el: HTMLElement}} widget
 * @returns {() => void} undoes it
 */
function render({ model, el }) {
  const language = languageFor(model.get("language"));
  const words = TRAIN_WORDS[language];
  const presets = model.get("presets"), data = model.get("data");
  const small = model.get("small");
  const absent = isStaticPage() && !data.embedded; // the site has no images but MNIST's

  /** @returns {Recipe} */
  const recipe = () => ({ ...model.get("recipe"), noise: model.get("noise"), latent: model.get("latent") });
  /** @param {Recipe} fresh */
  const set = (fresh) => {
    const { noise, latent, ...others } = fresh;
    model.set("recipe", { ...others, noise, latent });
    model.set("noise", noise);
    model.set("latent", latent);
    model.save_changes();
  };

  // ---------------------------------------------------------------- the parts

  const status = make("p", { class: "ae-at" });
  const spoken = make("p", { class: "ae-status", role: "status", "aria-live": "polite" });
  const say = (/** @type {string} */ sentence) => {
    status.textContent = spoken.textContent = sentence;
  };
  const progress = make("progress", { class: "ae-progress", max: 1, value: 0, hidden: "", "aria-label": words.loading(0, 0) });
  const buttons = makeButtons(words, small, {
    start: () => go(Infinity), step: () => go(1), epoch: () => go("epoch"),
    pause: () => session.halt(), reset: begin,
    give: () => hand.give(), copy: () => hand.copy(), save: () => hand.save(),
  });
  const controls = makeControls(words, presets, data, (changes) => set({ ...recipe(), ...changes }), say);
  const chart = makeChart(words);
  const digits = makeDigits(words);
  const map = makeTrainingMap(words, data.names);
  const own = makeOwn(words, WORDS[language], settle);
  const session = makeSession(model, {
    changed,
    loading(done, every) {
      progress.value = done / every;
      say(words.loading(done, every));
    },
    news,
    failed: (reason, detail) => say(words.failed(reason, detail)),
  });
  const { now } = session;
  const hand = makeHand(words, session, data.embedded, say);
  const seen = make("div", { class: "ae-learning" },
    make("div", { class: "ae-learning-side" }, digits.element, map.element), chart.element);
  const all = small
    ? [buttons.train, progress, status, seen, spoken]
    : [controls.settings, buttons.train, progress, status, seen, controls.mistakes, own.element, buttons.take, hand.script, spoken];
  const root = make("section", { class: `ae-trainer${small ? " ae-small" : ""}`, "aria-label": words.title }, ...all);

  // ---------------------------------------------------------------- doing

  /** Whether what is set is no longer what the present run was begun with. */
  const differs = () => !session.isOf(recipeToText(recipe()), recipeToText, own.count());

  function changed(doing = now.doing) {
    buttons.show(doing, now.recipe !== null, now.last?.steps ?? 0, differs());
    progress.hidden = doing !== "loading";
    root.dataset.state = doing;
    root.dataset.preset = recipe().preset;
    root.setAttribute("aria-busy", String(doing === "loading"));
  }

  async function begin() {
    if (absent) return say(words.absent);
    if (now.doing !== "loading") chart.keep(now.run);
    await session.begin(recipe(), { added: own.added(), shown: own.shown(), count: own.count() });
    settle(); // something else may have been set while images came
  }

  /** Train on, anew where something else is set. @param {number | "epoch"} far */
  async function go(far) {
    if (now.doing === "training" || now.doing === "loading") return;
    if (differs() || now.doing === "failed") await begin();
    if (!differs() && !document.hidden) session.go(far);
  }

  let spokenEpoch = 0;
  /** @param {News} fresh */
  function news(fresh) {
    const test = now.run.test[now.run.test.length - 1][1];
    draw();
    if (fresh.test !== null) map.draw(fresh.codes, now.labels);
    Object.assign(root.dataset, {
      step: String(fresh.steps), epoch: String(fresh.epoch), testMse: String(test),
      rate: String(Math.round(fresh.rate)), loss: String(fresh.lastLoss), mistakes: now.recipe?.mistakes.join(" "),
    });
    status.textContent = differs() ? words.changed : words.at(fresh.epoch, fresh.steps, fresh.rate.toFixed(0));
    if (now.doing === "done") spoken.textContent = words.done(fresh.epoch);
    else if (fresh.steps && (fresh.resting || fresh.epoch > spokenEpoch)) {
      spoken.textContent = words.say(fresh.epoch, test.toFixed(4));
    }
    spokenEpoch = fresh.epoch;
    if (fresh.resting && fresh.steps && !isStaticPage()) hand.tell(model);
  }

  const levels = () => Float32Array.from(now.shown, (v) => v / 255);

  function draw() {
    const shown = now.recipe ?? recipe();
    const [mean] = model.get("baselines");
    const pca = isConvolutional(shown) ? null : model.get("baselines")[shown.latent];
    chart.draw(now.run, mean, pca ?? null);
    if (now.last) digits.draw(levels(), now.last.inputs, now.last.outputs);
  }

  // ---------------------------------------------------------------- what is set

  function settle() {
    const set_ = recipe();
    controls.show(set_);
    root.closest(".ae-live")?.classList.toggle("ae-own-code", isConvolutional(set_));
    address.changed();
    if (now.doing === "loading") return;
    if (now.recipe && differs()) {
      if (now.doing === "training") session.halt();
      status.textContent = words.changed;
    }
    changed();
  }

  const address = keepPart(model.get("name"),
    () => recipeToText(recipe()), (part) => set(recipeFromText(part, presets, recipe(), data.count)));
  const names = /** @type {const} */ (["recipe", "noise", "latent"]);
  for (const name of names) model.on(`change:${name}`, settle);
  const hidden = () => {
    if (document.hidden && now.doing === "training") session.halt();
  };
  document.addEventListener("visibilitychange", hidden);
  const unname = nameSliders(root);
  model.set("noise_label", words.noise);
  model.set("latent_label", words.latent);
  model.save_changes();
  draw();
  settle();
  if (now.doing === "idle") status.textContent = absent ? words.absent : words.idle;
  root.dataset.ready = "true";
  el.append(root); // the last step: what is on the page is whole

  return () => {
    for (const name of names) model.off(`change:${name}`, settle);
    document.removeEventListener("visibilitychange", hidden);
    session.stop();
    address.stop();
    unname();
    root.remove();
  };
}
