// The loss curves: training and test error by epoch, with the lines of the mean image and of PCA, and
// the runs before.
import { make, makeSvg } from "./page.js";

/** @import { Words } from "./train_words.js" */

/** @typedef {[epoch: number, error: number][]} Curve */
/** @typedef {{train: Curve, test: Curve, half: boolean}} Run */

const KEPT = 3; // earlier runs that stay
const LOWEST = 0.002, HIGHEST = 0.3; // ends of the errors that a usual training shows
const TICKS = [100, 10, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const SHORTEST = 1; // epochs that the chart shows at least

/** @param {Words} words */
export function makeChart(words) {
  /** @param {string} name */
  const line = (name) => makeSvg("path", { class: `ae-line ae-line-${name}`, "vector-effect": "non-scaling-stroke" });
  const before = Array.from({ length: KEPT }, () => line("before"));
  const mean = line("mean"), pca = line("pca"), train = line("train"), test = line("test");
  const svg = makeSvg("svg", { class: "ae-curves", viewBox: "0 0 100 100", preserveAspectRatio: "none",
    role: "img", "aria-label": words.chart }, mean, pca, ...before, train, test);
  const across = make("div", { class: "ae-across", "aria-hidden": "true" });
  const up = make("div", { class: "ae-up", "aria-hidden": "true" });
  /** @type {(name: string, text: string) => HTMLElement} */
  const key = (name, text) => make("span", { class: `ae-key ae-key-${name}` }, make("i", {}), text);
  const trainKey = key("train", words.train), pcaKey = key("pca", words.pca);
  const beforeKey = key("before", words.before);
  const legend = make("div", { class: "ae-keys" }, trainKey, key("test", words.test), key("mean", words.mean), pcaKey, beforeKey);
  const element = make("div", { class: "ae-chart-frame" }, make("div", { class: "ae-plot" }, up, svg), across, legend);
  /** @type {Run[]} */
  const earlier = [];
  let shown = "";

  return {
    element,
    /** Keep a run among the earlier ones. @param {Run} run */
    keep(run) {
      if (run.test.length > 1) earlier.unshift(run);
      earlier.splice(KEPT);
    },
    /**
     * @param {Run} run
     * @param {number} meanError
     * @param {number | null} pcaError none for a code that PCA cannot have
     */
    draw(run, meanError, pcaError) {
      const runs = [run, ...earlier];
      const errors = runs.flatMap(({ train: a, test: b }) => [...a, ...b].map(([, error]) => error)).filter(Number.isFinite);
      const low = Math.min(LOWEST * 2, ...errors) * 0.9, high = Math.min(1e5, Math.max(HIGHEST / 2, ...errors)) * 1.1;
      const epochs = Math.max(SHORTEST, ...runs.map(({ test: curve }) => curve[curve.length - 1]?.[0] ?? 0));
      const y = (/** @type {number} */ error) =>
        (100 * Math.log(high / Math.min(high, Math.max(low, error)))) / Math.log(high / low);
      const path = (/** @type {Curve} */ curve) =>
        curve.map(([epoch, error], i) => `${i ? "L" : "M"}${((100 * epoch) / epochs).toFixed(2)} ${y(error).toFixed(2)}`).join("");
      train.setAttribute("d", path(run.train));
      test.setAttribute("d", path(run.test));
      before.forEach((path_, i) => path_.setAttribute("d", earlier[i] ? path(earlier[i].test) : ""));
      mean.setAttribute("d", `M0 ${y(meanError)}H100`);
      pca.setAttribute("d", pcaError === null ? "" : `M0 ${y(pcaError)}H100`);
      pcaKey.hidden = pcaError === null;
      beforeKey.hidden = !earlier.length;
      trainKey.lastChild?.replaceWith(run.half ? words.half : words.train);
      const ticks = `${low} ${high} ${epochs}`;
      if (ticks === shown) return;
      shown = ticks;
      const inside = TICKS.filter((tick) => tick > low && tick < high);
      up.replaceChildren(...inside.map((tick) => make("span", { style: `top: ${y(tick).toFixed(1)}%` }, String(tick))));
      across.replaceChildren(...["0", epochs >= 10 ? String(Math.round(epochs)) : String(Math.round(epochs * 10) / 10)]
        .map((text) => make("span", {}, text)));
    },
  };
}
