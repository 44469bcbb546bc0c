// The trainer: what the reader chooses, how the training goes, and what becomes of it. The training
// itself is in train_worker.js; each thing on the screen is a file of its own.
import { keepPart } from "./address.js";
import { PIXELS } from "./network.js";
import { offer } from "./offer.js";
import { isStaticPage, languageFor, make } from "./page.js";
import { isConvolutional } from "./recipes.js";
import { nameSliders } from "./sliders.js";
import { makeChart } from "./train_chart.js";
import { makeClient } from "./train_client.js";
import { makeControls } from "./train_controls.js";
import { loadPart, partsFor } from "./train_data.js";
import { makeOwn } from "./train_own.js";
import { makeDigits, makeTrainingMap } from "./train_pictures.js";
import { recipeFromText, recipeToText, stepsOf } from "./train_settings.js";
import { download, networkOf, savedOf, scriptOf } from "./train_take.js";
import { TRAIN_WORDS } from "./train_words.js";
import { WORDS } from "./words.js";

/** @import { Model } from "./page.js" */
/** @import { Recipe } from "./recipes.js" */
/** @import { Run } from "./train_chart.js" */
/** @import { Answer, News } from "./train_worker.js" */

/**
 * @typedef {{
 *   name: string, language: "zh" | "en", worker: string, small: boolean,
 *   presets: Record<string, Recipe>, baselines: number[],
 *   recipe: Recipe, noise: number, latent: number, trained: object,
 *   noise_label: string, latent_label: string,
 * }} State
 */
/** @typedef {"idle" | "loading" | "training" | "paused" | "done" | "failed"} Doing */

const EPOCHS = 10; // of a training; pressing once more adds as many

export default { render };

/**
 * Draw one trainer.
 * @param {{model: Model<State>, el: HTMLElement}} widget
 * @returns {() => void} undoes it
 */
function render({ model, el }) {
  const language = languageFor(model.get("language"));
  const words = TRAIN_WORDS[language];
  /** @type {ReturnType<typeof makeClient> | null} */
  let client = null;
  /** @type {Set<string>} */
  const kept = new Set(); // parts that the worker has
  /** @type {Uint8Array} */
  let labels = new Uint8Array(0);
  let shown = new Uint8Array(0); // grey levels of the digits on the screen
  /** @type {Recipe | null} */
  let trained = null; // the recipe of the present run
  let added = 0; // digits of the reader's own among its images
  let drawn = ""; // how many of them were there when it was begun
  /** @type {Run} */
  let run = { train: [], test: [], half: false };
  /** @type {News | null} */
  let last = null;
  /** @type {((weights: Float32Array) => void)[]} */
  const asking = [];
  let doing = /** @type {Doing} */ ("idle");

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
  /** @type {(name: string, text: string, press: () => void) => HTMLButtonElement} */
  const button = (name, text, press) => {
    const made = make("button", { type: "button", class: `ae-button ae-${name}` }, text);
    made.addEventListener("click", press);
    return made;
  };
  const start = button("start", words.start, () => go(Infinity));
  const pause = button("pause", words.pause, halt);
  const one = button("step", words.step, () => go(1));
  const epoch = button("epoch", words.epoch, () => go("epoch"));
  const reset = button("reset", words.reset, begin);
  const give = button("give", words.give, () => withWeights((weights) => {
    const network = networkOf(/** @type {Recipe} */ (trained), weights, nameOf(), levels(shown));
    say(offer(network) ? words.given : words.noExplorer);
  }));
  const copy = button("copy", words.copy, async () => {
    if (!trained || !last) return;
    const script = scriptOf(trained, last.steps, added);
    text.textContent = script;
    text.hidden = false; // also where the clipboard is refused
    await navigator.clipboard?.writeText(script).then(() => say(words.copied), () => {});
  });
  const save = button("save", words.save, () => withWeights((weights) => {
    download(savedOf(/** @type {Recipe} */ (trained), /** @type {News} */ (last).steps, weights), "autoencoder.json");
  }));
  const text = make("pre", { class: "ae-script", hidden: "", tabindex: 0 });
  const progress = make("progress", { class: "ae-progress", max: 1, value: 0, hidden: "", "aria-label": words.loading(0, 0) });

  const presets = model.get("presets");
  const change = (/** @type {Partial<Recipe>} */ changes) => set({ ...recipe(), ...changes });
  const controls = makeControls(words, presets, change, say);
  const chart = makeChart(words);
  const digits = makeDigits(words);
  const map = makeTrainingMap(words);
  const own = makeOwn(words, WORDS[language], settle);
  const buttons = make("div", { class: "ae-tools" }, start, pause, one, epoch, reset);
  const takeAway = make("div", { class: "ae-tools" }, give, copy, save);
  const seen = make("div", { class: "ae-learning" }, make("div", { class: "ae-learning-side" }, digits.element, map.element), chart.element);
  const all = model.get("small")
    ? [buttons, progress, status, seen, spoken]
    : [controls.settings, buttons, progress, status, seen, controls.mistakes, own.element, takeAway, text, spoken];
  const root = make("section", { class: "ae-trainer", "aria-label": words.title }, ...all);

  // ---------------------------------------------------------------- doing

  /** @param {Doing} now */
  function become(now) {
    doing = now;
    const busy = now === "training" || now === "loading";
    const over = now === "failed";
    start.textContent = last && last.steps && !changed() ? words.resume : words.start;
    start.disabled = busy;
    pause.disabled = now !== "training";
    one.disabled = epoch.disabled = busy;
    reset.disabled = !trained;
    give.disabled = copy.disabled = save.disabled = !trained || !last?.steps || over || now === "loading";
    progress.hidden = now !== "loading";
    root.dataset.state = now;
    root.dataset.preset = recipe().preset;
    root.setAttribute("aria-busy", String(now === "loading"));
  }

  /** Whether what is set is no longer what the present run was begun with. */
  function changed() {
    return !trained || recipeToText(trained) !== recipeToText(recipe()) || drawn !== own.count();
  }

  const nameOf = () => words.name(trained && !isConvolutional(trained) ? trained.latent : "32 × 7 × 7");
  const levels = (/** @type {Uint8Array} */ grey) => Float32Array.from(grey, (v) => v / 255);

  /** Train on, for some steps or to the end of an epoch or of the training. @param {number | "epoch"} far */
  async function go(far) {
    if (doing === "training" || doing === "loading") return;
    if (changed() || doing === "failed") await begin();
    if (!trained || (doing !== "paused" && doing !== "done")) return;
    const each = stepsOf(trained, added);
    const steps = last?.steps ?? 0;
    const next = (/** @type {number} */ many) => (Math.floor(steps / many) + 1) * many;
    const goal = far === "epoch" ? next(each) : far === Infinity ? next(EPOCHS * each) : steps + far;
    become("training");
    client?.post({ kind: "go", steps: goal });
  }

  function halt() {
    client?.post({ kind: "halt" });
  }

  /** Load what is missing and begin a run: initial weights, nothing learned yet. */
  async function begin() {
    if (doing === "loading") return;
    const now = recipe();
    const parts = partsFor(now.count);
    chart.keep(run);
    halt();
    number += 1;
    [run, last, trained] = [{ train: [], test: [], half: now.half }, null, null];
    client ??= makeClient(model.get("worker"), hear, (error) => fail("refused", String(error)));
    become("loading");
    try {
      const missing = ["test", ...parts].filter((name) => !kept.has(name));
      for (const [done, name] of missing.entries()) {
        progress.value = done / missing.length;
        say(words.loading(done, missing.length));
        const bytes = await loadPart(model, name);
        client?.post({ kind: "part", name, bytes });
        await new Promise((done_) => arrivals.set(name, done_));
        if (isOver()) return;
      }
    } catch (error) {
      return fail("unreachable", error instanceof Error ? error.message : String(error));
    }
    trained = now;
    const more = own.added();
    added = more.length / PIXELS;
    drawn = own.count();
    shown = joined(tests, own.shown());
    const started = new Promise((done) => (begun = done));
    client.post({ kind: "begin", run: number, recipe: now, parts, added: more, shown, slice: client.slice() });
    await started;
  }
  const isOver = () => doing === "failed";
  /** @type {Map<string, (value?: unknown) => void>} */
  const arrivals = new Map();
  let begun = (/** @type {unknown} */ _) => {};
  let number = 0; // of the run, to tell its news from those of the run before
  /** @type {Uint8Array} */
  let tests = new Uint8Array(0); // one test digit of each class

  /** @param {Answer} answer */
  function hear(answer) {
    if (answer.kind === "kept") {
      kept.add(answer.name);
      if (answer.name === "test") {
        labels = answer.labels;
        tests = answer.digits;
      }
      arrivals.get(answer.name)?.();
    } else if (answer.kind === "news") news(answer);
    else if (answer.kind === "weights") asking.shift()?.(answer.values);
    else if (answer.kind === "failed") fail(answer.reason, answer.detail);
  }

  /** @param {News} now */
  function news(now) {
    if (now.run !== number) return;
    const first = last === null;
    last = now;
    const at = now.epoch + now.part;
    if (Number.isFinite(now.loss)) run.train.push([at, now.loss]);
    if (now.test !== null) run.test.push([at, now.test]);
    const { mistakes } = /** @type {Recipe} */ (trained);
    draw();
    if (now.test !== null) map.draw(now.codes, labels);
    const test = run.test[run.test.length - 1][1];
    Object.assign(root.dataset, {
      step: String(now.steps), epoch: String(now.epoch), testMse: String(test), rate: String(Math.round(now.rate)),
      loss: String(now.lastLoss), mistakes: mistakes.join(" "),
    });
    status.textContent = words.at(now.epoch, now.steps, now.rate.toFixed(0));
    if (first) {
      become("paused");
      begun(null);
    } else if (now.resting) {
      const whole = now.steps % (EPOCHS * stepsOf(/** @type {Recipe} */ (trained), added)) === 0;
      become(whole ? "done" : "paused");
      spoken.textContent = whole ? words.done(now.epoch) : words.say(now.epoch, test.toFixed(4));
      if (!isStaticPage()) withWeights(tell);
    } else if (now.epoch > spokenEpoch) {
      spoken.textContent = words.say(now.epoch, test.toFixed(4));
    }
    spokenEpoch = now.epoch;
  }
  let spokenEpoch = 0;

  /** Tell Python. @param {Float32Array} weights */
  function tell(weights) {
    if (!trained || !last) return;
    model.set("trained", savedOf(trained, last.steps, weights));
    model.save_changes();
  }

  function draw() {
    const now = trained ?? recipe();
    const [mean] = model.get("baselines");
    const pca = isConvolutional(now) ? null : model.get("baselines")[now.latent];
    chart.draw(run, mean, pca ?? null);
    if (last) digits.draw(levels(shown), last.inputs, last.outputs);
  }

  /** @type {(reason: Parameters<typeof words.failed>[0], detail: string) => void} */
  function fail(reason, detail) {
    if (reason === "memory" || reason === "other" || reason === "refused") {
      client?.stop();
      client = null;
      kept.clear();
    }
    for (const arrived of arrivals.values()) arrived();
    become("failed");
    begun(null);
    say(words.failed(reason, detail));
  }

  /** @param {(weights: Float32Array) => void} use */
  function withWeights(use) {
    asking.push(use);
    client?.post({ kind: "weights" });
  }

  // ---------------------------------------------------------------- what is set

  function settle() {
    const now = recipe();
    controls.show(now);
    root.closest(".ae-live")?.classList.toggle("ae-own-code", isConvolutional(now));
    address.changed();
    if (doing === "loading") return;
    if (trained && changed()) {
      if (doing === "training") halt();
      status.textContent = words.changed;
    }
    become(doing);
  }

  const address = keepPart(model.get("name"),
    () => recipeToText(recipe()), (part) => set(recipeFromText(part, presets, recipe())));
  const names = /** @type {const} */ (["recipe", "noise", "latent"]);
  for (const name of names) model.on(`change:${name}`, settle);
  const hidden = () => {
    if (document.hidden && doing === "training") halt();
  };
  document.addEventListener("visibilitychange", hidden);
  const unname = nameSliders(root);
  model.set("noise_label", words.noise);
  model.set("latent_label", words.latent);
  model.save_changes();
  draw();
  settle();
  if (doing === "idle") status.textContent = words.idle;
  root.dataset.ready = "true";
  el.append(root); // the last step: what is on the page is whole

  return () => {
    for (const name of names) model.off(`change:${name}`, settle);
    document.removeEventListener("visibilitychange", hidden);
    client?.stop();
    address.stop();
    unname();
    root.remove();
  };
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
