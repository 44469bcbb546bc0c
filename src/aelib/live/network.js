// The networks, run in plain JavaScript. Nothing here knows the page: every function takes numbers
// and returns numbers, so that Node can compare them with torch (tests/unit/test_explorer_js.py).
//
// Images, codes and feature maps are Float32Arrays with `count` of them one after the other; a
// shape is that of one of them. Between the steps of a network it has the axes that torch sees of
// a batch of one image: [1, values], [1, channels, height, width].

import { hash } from "./hash.js";
import { DENSE } from "./network_dense.js";
import { ELEMENTS } from "./network_elements.js";
import { SHAPES } from "./network_shapes.js";
import { WINDOWS } from "./network_windows.js";
import { fromBase64 } from "./pixels.js";

/** @typedef {{x: Float32Array, shape: number[]}} Batch */
/**
 * A step as operations.py describes it, and what readWeights adds. `from` says whose answers it
 * takes: 0 is the network's input, k the answer of step k; without it, that of the step before.
 * @typedef {{kind: string, from?: number[]} & Record<string, any>} Layer
 */
/** @typedef {(layer: any, count: number, ...batches: Batch[]) => Batch} Kind what a step computes */

/** @type {Record<string, Kind>} */
const KINDS = { ...DENSE, ...WINDOWS, ...SHAPES, ...ELEMENTS };

export const SEEDS = 2 ** 32; // seeds of the noise: 0 to SEEDS - 1

// ------------------------------------------------------------------ weights

/**
 * Give each layer its weights; weights.py describes the text and its layout.
 * @template {string} Name
 * @param {Record<Name, Layer[]>} networks layers by name, in the order in which they were written
 * @param {number} bits bits for each weight
 * @param {string} text base64
 * @returns {Record<Name, Layer[]>} the same layers with `weight` and `bias` as Float32Arrays
 */
export function readWeights(networks, bits, text) {
  const bytes = fromBase64(text);
  let at = 0;

  const floats = (/** @type {number} */ n) => {
    const values = new Float32Array(bytes.slice(at, at + 4 * n).buffer);
    at += 4 * n;
    return values;
  };

  const matrix = (/** @type {number} */ rows, /** @type {number} */ columns) => {
    const scale = floats(rows);
    const values = new Float32Array(rows * columns);
    const mask = 2 ** bits - 1;
    const zero = 2 ** (bits - 1);
    for (let i = 0, bit = 0; i < values.length; i++, bit += bits) {
      const b = at + (bit >> 3); // a value touches at most three bytes
      const three = bytes[b] | (bytes[b + 1] << 8) | (bytes[b + 2] << 16);
      values[i] = (((three >> (bit & 7)) & mask) - zero) * scale[(i / columns) | 0];
    }
    at += Math.ceil((values.length * bits) / 8);
    return values;
  };

  /** @type {(layer: Layer, steps: Layer[]) => Layer} */
  const read = (layer, steps) => {
    if ("as" in layer) return { ...steps[layer.as - 1], ...layer };
    if (layer.rows) {
      return { ...layer, weight: matrix(layer.rows, layer.columns), bias: floats(layer.rows) };
    }
    if (layer.kind === "batch norm") {
      return { ...layer, weight: floats(layer.channels), bias: floats(layer.channels) };
    }
    return layer.kind === "constant" ? { ...layer, values: floats(layer.size) } : layer;
  };

  const names = /** @type {Name[]} */ (Object.keys(networks));
  const entries = names.map((name) => {
    const steps = /** @type {Layer[]} */ ([]);
    for (const layer of networks[name]) steps.push(read(layer, steps));
    return [name, steps];
  });
  return /** @type {Record<Name, Layer[]>} */ (Object.fromEntries(entries));
}

// ------------------------------------------------------------------ forward pass

/**
 * Run a batch through the steps of a network.
 * @param {Layer[]} layers
 * @param {Batch} batch is left as it is
 * @param {number} count how many images the batch holds
 * @returns {Batch}
 */
export function forward(layers, { x, shape }, count) {
  const done = [{ x, shape: [1, ...shape] }];
  for (const layer of layers) {
    const from = layer.from ?? [done.length - 1];
    done.push(KINDS[layer.kind](layer, count, ...from.map((i) => done[i])));
  }
  const answer = done[done.length - 1];
  return { x: answer.x, shape: answer.shape.slice(1) };
}

// ------------------------------------------------------------------ noise

/**
 * The Gaussian sample of a seed, the same as `aelib.noise_sample(seed, size)`.
 * @param {number} seed
 * @param {number} size
 */
export function noiseSample(seed, size) {
  const key = hash(seed);
  const uniform = (/** @type {number} */ k) => (hash(hash(k) ^ key) + 0.5) / 2 ** 32;
  return Float32Array.from({ length: size }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * uniform(2 * i + 1));
  });
}

/**
 * clip(image + factor · sample, 0, 1), as `aelib.add_noise`.
 * @param {Float32Array} image
 * @param {Float32Array} sample
 * @param {number} factor
 */
export function addNoise(image, sample, factor) {
  return image.map((v, i) => Math.min(1, Math.max(0, v + factor * sample[i])));
}

// ------------------------------------------------------------------ measures and colours

/**
 * Mean squared error over all pixels.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function mse(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
  return total / a.length;
}

/**
 * Peak signal-to-noise ratio in decibels for values in [0, 1].
 * @param {number} error mean squared
 */
export function psnr(error) {
  return -10 * Math.log10(error);
}

/** @param {ArrayLike<number>} logits */
export function softmax(logits) {
  const top = Math.max(...Array.from(logits));
  const e = Array.from(logits, (v) => Math.exp(v - top));
  const total = e.reduce((a, b) => a + b);
  return e.map((v) => v / total);
}

/** The table of matplotlib's colour map "hot": red, green and blue, 0 to 255, for 256 values. */
const HOT = Array.from({ length: 256 }, (_, i) => {
  const v = i / 255;
  /** @type {(from: number, to: number, low: number) => number} */
  const ramp = (from, to, low) => low + (1 - low) * Math.min(1, Math.max(0, (v - from) / (to - from)));
  const colour = [ramp(0, 0.365079, 0.0416), ramp(0.365079, 0.746032, 0), ramp(0.746032, 1, 0)];
  return colour.map((c) => Math.floor(c * 255.999));
});

/**
 * The colour of a value in [0, 1] in "hot".
 * @param {number} value
 */
export function hot(value) {
  return HOT[Math.min(255, Math.max(0, Math.floor(value * 256)))];
}
