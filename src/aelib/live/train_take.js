// What a reader takes away: the trained network for the page's explorer, a script, a file.
import { PIXELS } from "./pixels.js";
import { isConvolutional, layersOf } from "./recipes.js";

/** @import { Layer } from "./network.js" */
/** @import { Offered } from "./offer.js" */
/** @import { Recipe } from "./recipes.js" */

/**
 * The layers of a recipe as network.js runs them, with their weights.
 * @param {Recipe} recipe
 * @param {Float32Array} weights in the order of torch's `parameters()`
 * @param {string} name
 * @param {[number, number]} range between which values a code lies
 * @returns {Offered}
 */
export function networkOf(recipe, weights, name, range) {
  const halves = layersOf(recipe);
  let at = 0;
  let shape = [PIXELS];
  const take = (/** @type {number} */ n) => weights.subarray(at, (at += n));

  /** @param {Layer} layer @returns {Layer} */
  const read = (layer) => {
    if (layer.kind === "linear") {
      const { inputs: columns, outputs: rows } = layer;
      shape = [rows];
      return { kind: "linear", rows, columns, weight: take(rows * columns), bias: take(rows) };
    }
    if (layer.kind === "reshape") {
      shape = layer.shape;
      return layer;
    }
    if (layer.kind === "max pool" || layer.kind === "nearest upsample") {
      const size = layer.size ?? [shape[1] / layer.stride[0], shape[2] / layer.stride[1]];
      const step = [shape[1] / size[0], shape[2] / size[1]];
      shape = [shape[0], ...size];
      return { ...layer, step, shape };
    }
    if (!layer.filters) return layer;
    const [channels, h, w] = shape;
    const rows = layer.filters;
    const columns = channels * layer.kernel[0] * layer.kernel[1];
    const transposed = layer.kind === "transposed convolution";
    shape = transposed ? [rows, h * layer.stride[0], w * layer.stride[1]] : [rows, h, w];
    const weight = take(rows * columns);
    return {
      ...layer, rows, columns, shape, bias: take(rows),
      weight: transposed ? turned(weight, channels, rows, columns / channels) : weight,
    };
  };

  const encoder = halves.encoder.map(read);
  const code = shape;
  const decoder = halves.decoder.map(read);
  return { name, code, range, encoder, decoder };
}

/** Exchange the first two of three axes. @type {(x: Float32Array, a: number, b: number, c: number) => Float32Array} */
function turned(x, a, b, c) {
  const y = new Float32Array(x.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) y.set(x.subarray((i * b + j) * c, (i * b + j + 1) * c), (j * a + i) * c);
  }
  return y;
}

/**
 * A script for torch that trains the same network in the same way.
 * @param {Recipe} recipe
 * @param {number} steps
 * @param {number} added how many digits of the reader's own were trained on too
 * @param {boolean} embedded whether the images were those of MNIST
 */
export function scriptOf(recipe, steps, added, embedded) {
  const plain = (/** @type {unknown} */ value) => {
    if (typeof value === "boolean") return value ? "True" : "False";
    return Array.isArray(value) ? `(${value.map((v) => `${JSON.stringify(v)},`).join(" ")})` : JSON.stringify(value);
  };
  const used = Object.entries(recipe).filter(([name]) =>
    !(isConvolutional(recipe) && (name === "hidden" || name === "latent")));
  return [
    "import aelib",
    "",
    ...(added ? ["# The page's run also had digits of your own, which are not in here."] : []),
    ...(embedded ? [] : ['data = aelib.load_mnist("...")  # the folder of the set that was trained on', ""]),
    "encoder, decoder, losses = aelib.replay(",
    `    steps=${steps},`,
    ...(embedded ? [] : ["    data=data,"]),
    ...used.map(([name, value]) => `    ${name}=${plain(value)},`),
    ")",
    'print(f"loss of step 1: {losses[0]:.7f}, of step {len(losses)}: {losses[-1]:.7f}")',
    "",
  ].join("\n");
}

/**
 * A trained network as `aelib.Trainer.load` reads it.
 * @param {Recipe} recipe
 * @param {number} steps
 * @param {Float32Array} weights
 */
export function savedOf(recipe, steps, weights) {
  const bytes = new Uint8Array(weights.slice().buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { recipe, steps, weights: btoa(text) };
}

/** Let the reader save an object as a file. @param {object} content @param {string} name */
export function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
