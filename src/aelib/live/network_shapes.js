// Steps that only move values: other shapes, other orders, several answers side by side.

/** @import { Batch, Kind } from "./network.js" */

/** @type {Record<string, Kind>} */
export const SHAPES = {
  reshape: (layer, _, { x }) => ({ x, shape: layer.shape }),
  constant: ({ shape, values }) => ({ x: values, shape }), // the same for every image: given once
  pick,
  take,
  cat,
};

/** @param {number[]} shape */
export function product(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/**
 * Where each value of an array lies in another, that is walked with the given strides.
 * @param {number[]} shape
 * @param {number[]} strides
 */
export function places(shape, strides) {
  let found = new Int32Array(1);
  shape.forEach((n, axis) => {
    const next = new Int32Array(found.length * n);
    for (let i = 0; i < next.length; i++) {
      next[i] = found[Math.floor(i / n)] + (i % n) * strides[axis];
    }
    found = next;
  });
  return found;
}

/**
 * Let a step that takes images, [channels, rows, columns], look at all that a batch holds.
 * @param {Kind} kind
 * @returns {Kind}
 */
export function images(kind) {
  return (layer, _, { x, shape }) => {
    const image = shape.slice(-3);
    const count = x.length / product(image);
    const { x: y } = kind({ ...layer, shape: layer.shape.slice(-3) }, count, { x, shape: image });
    return { x: y, shape: layer.shape };
  };
}

/**
 * From one image's values to the next one's: 0 for a constant.
 * @param {Batch} batch
 * @param {number} count
 */
export function stepOf({ x, shape }, count) {
  return x.length === product(shape) ? 0 : x.length / count;
}

/**
 * Values in another order, or some of them: transposed, sliced, repeated.
 * @type {(layer: {shape: number[], strides: number[], offset: number}, count: number, batch: Batch) => Batch}
 */
function pick({ shape, strides, offset }, count, batch) {
  const at = places(shape, strides);
  const y = new Float32Array(count * at.length);
  for (let n = 0, o = 0, start = offset; n < count; n++, start += stepOf(batch, count)) {
    for (const place of at) y[o++] = batch.x[start + place];
  }
  return { x: y, shape };
}

/**
 * The given rows of one axis, in this order; -1 is a row of `value`.
 * @type {(layer: {axis: number, index: number[], value: number}, count: number, batch: Batch) => Batch}
 */
function take({ axis, index, value }, _, { x, shape }) {
  const size = shape[axis], inner = product(shape.slice(axis + 1));
  const blocks = x.length / (size * inner);
  const y = new Float32Array(blocks * index.length * inner);
  for (let b = 0, o = 0; b < blocks; b++) {
    for (const row of index) {
      const from = (b * size + row) * inner;
      for (let i = 0; i < inner; i++) y[o++] = row < 0 ? value : x[from + i];
    }
  }
  return { x: y, shape: shape.map((n, i) => (i === axis ? index.length : n)) };
}

/** @type {(layer: {axis: number, shape: number[]}, count: number, ...batches: Batch[]) => Batch} */
function cat({ axis, shape }, count, ...batches) {
  const blocks = product(shape.slice(0, axis)); // of one image
  const y = new Float32Array(count * product(shape));
  for (let n = 0, o = 0; n < count; n++) {
    for (let b = 0; b < blocks; b++) {
      for (const part of batches) {
        const size = product(part.shape) / blocks;
        const from = n * stepOf(part, count) + b * size;
        y.set(part.x.subarray(from, from + size), o);
        o += size;
      }
    }
  }
  return { x: y, shape };
}
