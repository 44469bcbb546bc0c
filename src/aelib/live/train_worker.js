// The trainer's other half, in a worker of its own: gets images and a recipe, trains while it is
// told to, and says how far it is. Where a page may have no worker, the same code runs beside it.
import { PIXELS } from "./pixels.js";
import { DataError, readImages } from "./train_images.js";
import { RefusedError } from "./train_memory.js";
import { makeRun } from "./train_run.js";

/** @import { Recipe } from "./recipes.js" */

/**
 * What the page asks: to keep a part of the images (gzip, see train_data.py) and show some of them;
 * to begin a run anew with the reader's own digits added to its images or only shown; to go on, up to
 * a number of steps; to halt; the weights.
 * @typedef {{kind: "part", name: string, bytes: Uint8Array, examples: number[]}} Part
 * @typedef {{kind: "begin", run: number, recipe: Recipe, parts: string[], added: Uint8Array, shown: Uint8Array, slice: number}} Begin
 * @typedef {{kind: "go", steps: number}} Go
 * @typedef {Part | Begin | Go | {kind: "halt"} | {kind: "weights"}} Request
 */
/**
 * How far it is: `loss` is the mean over the steps since the last news, NaN without one; `test` is
 * there if it was measured anew.
 * @typedef {{
 *   kind: "news", run: number, steps: number, epoch: number, part: number, loss: number, lastLoss: number,
 *   test: number | null, rate: number, inputs: Float32Array, outputs: Float32Array, codes: Float32Array | null,
 *   resting: boolean,
 * }} News
 */
/**
 * All weights, and between which values the codes of the digits on the screen lie.
 * @typedef {{kind: "weights", values: Float32Array, range: [number, number]}} Weights
 */
/** @typedef {"loss" | "memory" | "data" | "refused" | "other"} Reason */
/** @typedef {News | {kind: "ready"} | {kind: "kept", name: string, labels: Uint8Array, digits: Uint8Array} | Weights | {kind: "failed", reason: Reason, detail: string}} Answer */
/** @typedef {{postMessage: (message: any) => void, onmessage: ((event: MessageEvent) => void) | null}} Port */

const PERIOD = 100; // milliseconds between two news
const TESTING = 0.12; // part of the time that may go into measuring

export default { serve };

/** @param {unknown} error @returns {Reason} */
function reasonOf(error) {
  if (error instanceof RangeError) return "memory";
  if (error instanceof DataError) return "data";
  return error instanceof RefusedError ? "refused" : "other";
}

/** @param {Port} port where requests come in and answers go out */
function serve(port) {
  /** @type {Map<string, Uint8Array>} */
  const kept = new Map(); // grey levels of each part
  /** @type {ReturnType<typeof makeRun> | null} */
  let run = null;
  /** @type {Uint8Array} */
  let shown = new Uint8Array(0);
  let slice = PERIOD; // milliseconds of training without a break
  let goal = 0;
  let latent = 0;
  let waiting = false;
  let number = 0; // of the run, for the page to tell its news from others
  let lossSum = 0, lossSteps = 0, lastLoss = NaN; // since the last news
  let trained = 0, tested = 0, images = 0; // milliseconds, milliseconds, images
  let lastNews = 0;

  /** @param {Answer} answer */
  const say = (answer) => port.postMessage(answer);

  /** @param {Part} part */
  async function keep({ name, bytes, examples }) {
    const { grey, labels } = await readImages(name, bytes);
    kept.set(name, grey);
    const digits = new Uint8Array(examples.length * PIXELS);
    examples.forEach((at, i) => digits.set(grey.subarray(at * PIXELS, (at + 1) * PIXELS), i * PIXELS));
    say({ kind: "kept", name, labels, digits });
  }

  /** @param {Begin} request */
  function begin({ run: given, recipe, parts, added, shown: own, slice: most }) {
    number = given;
    const all = new Uint8Array(recipe.count * PIXELS + added.length);
    let at = 0;
    for (const name of parts) {
      const part = /** @type {Uint8Array} */ (kept.get(name));
      const some = part.subarray(0, recipe.count * PIXELS - at);
      all.set(some, at);
      at += some.length;
    }
    all.set(added, at);
    run = null; // its memory is free before the next takes its own
    run = makeRun(recipe, all);
    shown = own;
    slice = most;
    latent = recipe.preset.startsWith("3") ? 0 : recipe.latent;
    [goal, lossSum, lossSteps, trained, tested, images] = [0, 0, 0, 0, 0, 0];
    lastLoss = NaN;
    news(true);
  }

  /** Train for a while, then let requests in. */
  function work() {
    waiting = false;
    if (!run) return;
    const start = performance.now();
    const before = run.progress().seen;
    while (run.progress().steps < goal && performance.now() - start < slice) {
      const loss = run.step();
      lossSum += lastLoss = loss;
      lossSteps += 1;
      if (!Number.isFinite(loss)) return fail("loss", String(run.progress().steps));
    }
    const now = performance.now();
    trained += now - start;
    images += run.progress().seen - before;
    const resting = run.progress().steps >= goal;
    if (resting || now - lastNews >= PERIOD) news(resting);
    if (!resting) wait();
  }

  function wait() {
    if (waiting) return;
    waiting = true;
    setTimeout(guarded(work));
  }

  /** @param {boolean} resting */
  function news(resting) {
    if (!run) return;
    const tests = /** @type {Uint8Array} */ (kept.get("test"));
    let test = null;
    if (resting || tested < TESTING * trained) {
      const start = performance.now();
      test = run.test(tests);
      tested += performance.now() - start;
    }
    const { steps, epoch, part } = run.progress();
    say({
      kind: "news", run: number, steps, epoch, part, test, resting, lastLoss,
      loss: lossSteps ? lossSum / lossSteps : NaN,
      rate: trained ? (1000 * images) / trained : 0,
      ...run.pictures(shown),
      codes: latent === 2 && test !== null ? run.codes(tests) : null,
    });
    lossSum = lossSteps = 0;
    lastNews = performance.now();
  }

  /** @type {(reason: Reason, detail: string) => void} */
  function fail(reason, detail) {
    run = null;
    say({ kind: "failed", reason, detail });
  }

  /**
   * Turn whatever goes wrong into an answer.
   * @template {any[]} Arguments
   * @param {(...given: Arguments) => void | Promise<void>} f
   */
  const guarded = (f) => async (/** @type {Arguments} */ ...given) => {
    try {
      await f(...given);
    } catch (error) {
      fail(reasonOf(error), String(error));
    }
  };

  port.onmessage = guarded(({ data: request }) => {
    if (request.kind === "part") return keep(request);
    if (request.kind === "begin") begin(request);
    if (request.kind === "go" && run) {
      goal = request.steps;
      wait();
    }
    if (request.kind === "halt" && run) goal = run.progress().steps;
    if (request.kind === "weights" && run) {
      const codes = run.codes(shown);
      const end = (/** @type {typeof Math.min} */ of) => codes.reduce((a, b) => of(a, b));
      say({ kind: "weights", values: run.weights(), range: [end(Math.min), end(Math.max)] });
    }
  });
  say({ kind: "ready" });
}
