// A training as the page sees it: images are loaded, a run is begun, goes on and halts, and news of it
// come in. What is on the screen is told, and asked for nothing but the recipe.
import { textOf } from "./apart.js";
import { PIXELS } from "./pixels.js";
import { isConvolutional } from "./recipes.js";
import { makeClient } from "./train_client.js";
import { loadPart, partsFor } from "./train_data.js";
import { stepsOf } from "./train_settings.js";

/** @import { Model } from "./page.js" */
/** @import { Recipe } from "./recipes.js" */
/** @import { Run } from "./train_chart.js" */
/** @import { Answer, News, Reason, Weights } from "./train_worker.js" */

/** @typedef {"idle" | "loading" | "training" | "paused" | "done" | "failed"} Doing */
/** @typedef {Reason | "unreachable"} Trouble */
/**
 * The reader's own digits: trained on, shown, and a text that differs when they do.
 * @typedef {{added: Uint8Array, shown: Uint8Array, count: string}} Own
 */
/**
 * What the page is told: the state has changed; so many parts of the images are here; news came;
 * something went wrong.
 * @typedef {{
 *   changed: (doing: Doing) => void,
 *   loading: (done: number, all: number) => void,
 *   news: (news: News) => void,
 *   failed: (reason: Trouble, detail: string) => void,
 * }} Listener
 */

const EPOCHS = 10; // of a training; going on adds as many

/** @param {Model<any>} model @param {Listener} page */
export function makeSession(model, page) {
  /** @type {ReturnType<typeof makeClient> | null} */
  let client = null;
  /** @type {Set<string>} */
  const kept = new Set(); // parts that the worker has
  /** @type {Map<string, (value?: unknown) => void>} */
  const arrivals = new Map();
  /** @type {((weights: Weights) => void)[]} */
  const asking = [];
  let begun = (/** @type {unknown} */ _) => {};
  let number = 0; // of the run, to tell its news from those of the run before
  let drawn = ""; // which digits of the reader's own were there when it was begun
  /** @type {Uint8Array} */
  let tests = new Uint8Array(0); // those on the screen
  const now = {
    doing: /** @type {Doing} */ ("idle"),
    recipe: /** @type {Recipe | null} */ (null),
    added: 0, // digits of the reader's own among its images
    run: /** @type {Run} */ ({ train: [], test: [], half: false }),
    last: /** @type {News | null} */ (null),
    labels: /** @type {Uint8Array} */ (new Uint8Array(0)),
    shown: new Uint8Array(0), // grey levels of the digits on the screen
  };

  /** @param {Doing} doing */
  function become(doing) {
    now.doing = doing;
    page.changed(doing);
  }

  /**
   * Load what is missing and begin a run: initial weights, nothing learned yet.
   * @param {Recipe} recipe
   * @param {Own} own
   */
  async function begin(recipe, own) {
    if (now.doing === "loading") return;
    const parts = partsFor(recipe.count);
    halt();
    number += 1;
    Object.assign(now, { recipe: null, last: null, run: { train: [], test: [], half: recipe.half } });
    become("loading");
    try {
      const program = client ? "" : await textOf(model.get("worker"));
      client ??= makeClient(program, hear, (error) => fail("refused", String(error)));
      const missing = ["test", ...parts].filter((name) => !kept.has(name));
      for (const [done, name] of missing.entries()) {
        page.loading(done, missing.length);
        const bytes = await loadPart(model, name);
        if (hasFailed()) return; // a worker may be refused while the images are on their way
        client.post({ kind: "part", name, bytes, examples: name === "test" ? model.get("data").examples : [] });
        await new Promise((arrived) => arrivals.set(name, arrived));
        if (hasFailed()) return;
      }
    } catch (error) {
      return fail("unreachable", error instanceof Error ? error.message : String(error));
    }
    drawn = own.count;
    const shown = new Uint8Array(tests.length + own.shown.length);
    shown.set(tests);
    shown.set(own.shown, tests.length);
    Object.assign(now, { recipe, added: own.added.length / PIXELS, shown });
    const started = new Promise((done) => (begun = done));
    client?.post({ kind: "begin", run: number, recipe, parts, added: own.added, shown, slice: client?.slice() ?? 0 });
    await started;
  }
  const hasFailed = () => now.doing === "failed";

  /** Train on, for some steps or to the end of an epoch or of the training. @param {number | "epoch"} far */
  function go(far) {
    if (!now.recipe || (now.doing !== "paused" && now.doing !== "done")) return;
    const each = stepsOf(now.recipe, now.added);
    const steps = now.last?.steps ?? 0;
    const next = (/** @type {number} */ many) => (Math.floor(steps / many) + 1) * many;
    const goal = far === "epoch" ? next(each) : far === Infinity ? next(EPOCHS * each) : steps + far;
    become("training");
    client?.post({ kind: "go", steps: goal });
  }

  function halt() {
    client?.post({ kind: "halt" });
  }

  /** @param {Answer} answer */
  function hear(answer) {
    if (answer.kind === "kept") {
      kept.add(answer.name);
      if (answer.name === "test") {
        now.labels = answer.labels;
        tests = answer.digits;
      }
      arrivals.get(answer.name)?.();
    } else if (answer.kind === "news") news(answer);
    else if (answer.kind === "weights") asking.shift()?.(answer);
    else if (answer.kind === "failed") fail(answer.reason, answer.detail);
  }

  /** @param {News} fresh */
  function news(fresh) {
    if (fresh.run !== number || !now.recipe) return;
    const first = now.last === null;
    now.last = fresh;
    const at = fresh.epoch + fresh.part;
    if (Number.isFinite(fresh.loss)) now.run.train.push([at, fresh.loss]);
    if (fresh.test !== null) now.run.test.push([at, fresh.test]);
    const whole = fresh.steps > 0 && fresh.steps % (EPOCHS * stepsOf(now.recipe, now.added)) === 0;
    if (first) now.doing = "paused";
    else if (fresh.resting) now.doing = whole ? "done" : "paused";
    page.news(fresh);
    if (!fresh.resting) return;
    page.changed(now.doing);
    if (first) begun(null);
  }

  /** @type {(reason: Trouble, detail: string) => void} */
  function fail(reason, detail) {
    if (reason === "memory" || reason === "other" || reason === "refused") {
      client?.stop();
      client = null;
      kept.clear();
    }
    asking.length = 0; // a run that has failed has no weights to give
    become("failed");
    for (const arrived of arrivals.values()) arrived();
    begun(null);
    page.failed(reason, detail);
  }

  return {
    now,
    begin,
    go,
    halt,
    /**
     * Whether a run is what would be begun now.
     * @param {string} recipe as text
     * @param {(recipe: Recipe) => string} toText
     * @param {string} digits
     */
    isOf: (recipe, toText, digits) => now.recipe !== null && toText(now.recipe) === recipe && drawn === digits,
    /** What its code is called. */
    code: () => (now.recipe && !isConvolutional(now.recipe) ? now.recipe.latent : "32 × 7 × 7"),
    /** @param {(weights: Weights) => void} use */
    weights(use) {
      asking.push(use);
      client?.post({ kind: "weights" });
    },
    stop: () => client?.stop(),
  };
}
