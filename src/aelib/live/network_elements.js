// Steps that work on single values: activations, arithmetic, and sums over a row of them.
import { places, product, stepOf } from "./network_shapes.js";

/** @import { Batch, Kind } from "./network.js" */

/** @type {Record<string, Kind>} */
export const ELEMENTS = {
  relu: (_, __, b) => each(b, (v) => Math.max(v, 0)),
  "leaky relu": ({ slope }, _, b) => each(b, (v) => (v > 0 ? v : slope * v)),
  sigmoid: (_, __, b) => each(b, sigmoid),
  tanh: (_, __, b) => each(b, Math.tanh),
  gelu: (_, __, b) => each(b, (v) => (v * (1 + erf(v / Math.SQRT2))) / 2),
  "gelu tanh": (_, __, b) =>
    each(b, (v) => v * sigmoid(1.5957691216057308 * (v + 0.044715 * v * v * v))),
  elu: ({ below, above, rate }, _, b) =>
    each(b, (v) => (v > 0 ? above * v : below * Math.expm1(rate * v))),
  silu: (_, __, b) => each(b, (v) => v * sigmoid(v)),
  softplus: ({ beta, threshold }, _, b) => each(b, (v) => softplus(v, beta, threshold)),
  erf: (_, __, b) => each(b, erf),
  mish: (_, __, b) => each(b, (v) => v * Math.tanh(softplus(v, 1, 20))),
  clamp: ({ low = -Infinity, high = Infinity }, _, b) =>
    each(b, (v) => Math.min(high, Math.max(low, v))),
  scale: ({ factor, offset }, _, b) => each(b, (v) => factor * v + offset),
  power: ({ exponent }, _, b) => each(b, (v) => v ** exponent),
  math: ({ name }, _, b) => each(b, /** @type {Record<string, any>} */ (Math)[name]),
  "batch norm": batchNorm,
  add: together((a, b) => a + b),
  subtract: together((a, b) => a - b),
  multiply: together((a, b) => a * b),
  divide: together((a, b) => a / b),
  larger: together(Math.max),
  smaller: together(Math.min),
  above: together((a, b) => +(a > b)),
  equal: together((a, b) => +(a === b)),
  where: together((c, a, b) => (c ? a : b)),
  softmax: rows(softmaxOf),
  normalise: rows(normalised),
  sum: rows((row) => [total(row)]),
  max: rows((row) => [row.reduce((a, b) => Math.max(a, b))]),
  sorted: rows((row) => row.slice().sort().reverse()),
};

/** @param {number} v */
function sigmoid(v) {
  return 1 / (1 + Math.exp(-v));
}

/** @type {(v: number, beta: number, threshold: number) => number} */
function softplus(v, beta, threshold) {
  return beta * v > threshold ? v : Math.log1p(Math.exp(beta * v)) / beta;
}

/** Abramowitz and Stegun 7.1.26, to 1.5e-7. @param {number} v */
function erf(v) {
  const t = 1 / (1 + 0.3275911 * Math.abs(v));
  const sum = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return Math.sign(v) * (1 - sum.reduce((s, a) => (s + a) * t, 0) * Math.exp(-v * v));
}

/**
 * @param {Batch} batch
 * @param {(v: number) => number} f
 * @returns {Batch}
 */
function each({ x, shape }, f) {
  const y = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = f(x[i]);
  return { x: y, shape };
}

/**
 * A function of the values of two or three batches that stand at the same place. `strides` says
 * for each how it is walked where it is smaller than the answer; null: it has the answer's shape.
 * @param {(a: number, b: number, c: number) => number} f
 * @returns {Kind}
 */
function together(f) {
  return ({ shape, strides }, count, ...batches) => {
    const size = product(shape);
    const y = new Float32Array(count * size);
    const own = places([size], [1]);
    const [a, b, c = b] = batches.map((batch, i) => {
      const at = strides[i] ? places(shape, strides[i]) : own;
      return { x: batch.x, at, step: stepOf(batch, count) };
    });
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < size; i++) {
        const third = c.x[n * c.step + c.at[i]];
        y[n * size + i] = f(a.x[n * a.step + a.at[i]], b.x[n * b.step + b.at[i]], third);
      }
    }
    return { x: y, shape };
  };
}

/**
 * A function of `size` values that stand one behind the other.
 * @param {(row: Float32Array, layer: any) => ArrayLike<number>} f
 * @returns {Kind}
 */
function rows(f) {
  return (layer, _, { x }) => {
    const { size, shape } = layer;
    const parts = Array.from({ length: x.length / size }, (_, i) =>
      f(x.subarray(i * size, (i + 1) * size), layer),
    );
    const y = new Float32Array(parts.length * parts[0].length);
    parts.forEach((part, i) => y.set(part, i * part.length));
    return { x: y, shape };
  };
}

/** @param {ArrayLike<number>} row */
function total(row) {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i];
  return sum;
}

/** @param {Float32Array} row */
function softmaxOf(row) {
  const top = row.reduce((a, b) => Math.max(a, b));
  const e = Array.from(row, (v) => Math.exp(v - top));
  const sum = total(e);
  return e.map((v) => v / sum);
}

/** @type {(row: Float32Array, layer: {eps: number}) => number[]} */
function normalised(row, { eps }) {
  const mean = total(row) / row.length;
  const variance = total(Array.from(row, (v) => (v - mean) ** 2)) / row.length;
  const factor = 1 / Math.sqrt(variance + eps);
  return Array.from(row, (v) => (v - mean) * factor);
}

/** @type {(layer: {channels: number, weight: Float32Array, bias: Float32Array}, count: number, batch: Batch) => Batch} */
function batchNorm({ channels, weight, bias }, _, { x, shape }) {
  const y = new Float32Array(x.length);
  const size = product(shape.slice(2));
  for (let i = 0; i < x.length; i++) {
    const c = ((i / size) | 0) % channels;
    y[i] = x[i] * weight[c] + bias[c];
  }
  return { x: y, shape };
}
