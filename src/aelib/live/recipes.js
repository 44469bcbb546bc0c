// The networks that the trainer offers; recipe.py has the same ones for torch, and says what each
// setting means.

/** @import { Layer } from "./train_network.js" */

/** @typedef {"target" | "gradient" | "clip" | "sigmoid" | "range" | "rate" | "test"} Mistake */
/**
 * @typedef {{
 *   preset: string,
 *   hidden: number[],
 *   latent: number,
 *   activation: "relu" | "leaky relu" | "sigmoid" | "tanh",
 *   noise: number,
 *   fresh: boolean,
 *   half: boolean,
 *   rate: number,
 *   batch: number,
 *   count: number,
 *   seed: number,
 *   mistakes: Mistake[],
 * }} Recipe
 */

export const ACTIVATIONS = ["relu", "leaky relu", "sigmoid", "tanh"];
/** @type {Mistake[]} */
export const MISTAKES = ["target", "gradient", "clip", "sigmoid", "range", "rate", "test"];
export const COUNTS = [1000, 10000, 60000];
export const BATCHES = [16, 32, 64, 128, 256];
export const RATES = [0.0001, 0.0003, 0.001, 0.002, 0.004, 0.01, 0.03];
const SLOPE = 0.01; // of a leaky ReLU, as in torch

/**
 * The numbers of training images to choose from: at last all that there are.
 * @param {number} available
 */
export function countsOf(available) {
  return [...COUNTS.filter((count) => count < available), available];
}

/** Whether a recipe is one of exercise 3's. @param {{preset: string}} recipe */
export function isConvolutional({ preset }) {
  return preset.startsWith("3");
}

/**
 * @param {Recipe} recipe
 * @returns {{encoder: Layer[], decoder: Layer[]}}
 */
export function layersOf(recipe) {
  const bent = { kind: recipe.activation, slope: SLOPE }; // the others have no use for the slope
  const last = recipe.mistakes.includes("sigmoid") ? [] : [{ kind: "sigmoid" }];
  if (isConvolutional(recipe)) return convolutional(recipe.preset, bent, last);
  const sizes = [784, ...recipe.hidden, recipe.latent];
  const stack = (/** @type {number[]} */ units) =>
    units.slice(1).flatMap((outputs, i) => [{ kind: "linear", inputs: units[i], outputs }, bent]);
  const encoder = stack(sizes), decoder = stack(sizes.slice().reverse()).slice(0, -1);
  if (recipe.preset === "free") encoder.pop(); // its code may take any value
  return { encoder, decoder: [...decoder, ...last] };
}

/** @type {(preset: string, bent: Layer, last: Layer[]) => {encoder: Layer[], decoder: Layer[]}} */
function convolutional(preset, bent, last) {
  const convolution = (/** @type {number} */ filters) =>
    ({ kind: "convolution", filters, kernel: [3, 3], stride: [1, 1], padding: [1, 1] });
  const pool = { kind: "max pool", kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
  const transposed = (/** @type {number} */ filters) => ({
    kind: "transposed convolution", filters,
    kernel: [2, 2], stride: [2, 2], padding: [0, 0], extra: [0, 0],
  });
  const larger = (/** @type {number} */ side) => ({ kind: "nearest upsample", size: [side, side] });
  const image = { kind: "reshape", shape: [1, 28, 28] };
  const encoder = [image, convolution(16), bent, pool, convolution(32), bent, pool];
  const decoder = preset === "3 transposed"
    ? [transposed(16), bent, transposed(1)]
    : [larger(14), convolution(16), bent, larger(28), convolution(1)];
  return { encoder, decoder: [...decoder, ...last, { kind: "reshape", shape: [784] }] };
}
