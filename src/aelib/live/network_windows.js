// Steps that look at an image through windows, or draw it larger.
import { images } from "./network_shapes.js";

/** @import { Batch, Kind } from "./network.js" */
/** @import { Pair, Shape } from "./network_dense.js" */

/** @typedef {{shape: Shape, kernel: Pair, stride: Pair, padding: Pair}} Window */
/** @typedef {{shape: Shape, step: Pair}} Upsample */

/** @type {Record<string, Kind>} */
export const WINDOWS = {
  "max pool": images(maxPool),
  "average pool": images(averagePool),
  "nearest upsample": images(nearestUpsample),
  "bilinear upsample": images(bilinearUpsample),
};

/**
 * Call f(output index, its plane's first input index, rows, columns) for each pool window.
 * @param {Window} layer
 * @param {number[]} shape of the input
 * @param {number} planes
 * @param {(...place: [o: number, plane: number, top: number, bottom: number, left: number, right: number]) => void} f
 */
function windows({ shape, kernel, stride, padding }, [, H, W], planes, f) {
  const [, h, w] = shape;
  for (let p = 0, o = 0; p < planes; p++) {
    for (let i = 0; i < h; i++) {
      const y = i * stride[0] - padding[0];
      const top = Math.max(y, 0), bottom = Math.min(y + kernel[0], H);
      for (let j = 0; j < w; j++) {
        const x = j * stride[1] - padding[1];
        const left = Math.max(x, 0), right = Math.min(x + kernel[1], W);
        f(o++, p * H * W, top, bottom, left, right);
      }
    }
  }
}

/** @type {(layer: Window, count: number, batch: Batch) => Batch} */
function maxPool(layer, count, { x, shape }) {
  const y = new Float32Array(count * layer.shape[0] * layer.shape[1] * layer.shape[2]);
  windows(layer, shape, count * shape[0], (o, plane, top, bottom, left, right) => {
    let best = -Infinity;
    for (let i = top; i < bottom; i++) {
      for (let j = left; j < right; j++) best = Math.max(best, x[plane + i * shape[2] + j]);
    }
    y[o] = best;
  });
  return { x: y, shape: layer.shape };
}

/** @type {(layer: Window & {"count padding": boolean}, count: number, batch: Batch) => Batch} */
function averagePool(layer, count, { x, shape }) {
  const y = new Float32Array(count * layer.shape[0] * layer.shape[1] * layer.shape[2]);
  windows(layer, shape, count * shape[0], (o, plane, top, bottom, left, right) => {
    let total = 0;
    for (let i = top; i < bottom; i++) {
      for (let j = left; j < right; j++) total += x[plane + i * shape[2] + j];
    }
    const pixels = (bottom - top) * (right - left);
    y[o] = total / (layer["count padding"] ? layer.kernel[0] * layer.kernel[1] : pixels);
  });
  return { x: y, shape: layer.shape };
}

/** @type {(layer: Upsample, count: number, batch: Batch) => Batch} */
function nearestUpsample({ shape, step }, count, batch) {
  const [channels, h, w] = batch.shape;
  const [, H, W] = shape;
  const y = new Float32Array(count * channels * H * W);
  /** @type {(i: number, s: number) => number} */
  const source = (i, s) => Math.floor(Math.fround(i * Math.fround(s)));
  for (let p = 0, o = 0; p < count * channels; p++) {
    for (let i = 0; i < H; i++) {
      const row = (p * h + source(i, step[0])) * w;
      for (let j = 0; j < W; j++) y[o++] = batch.x[row + source(j, step[1])];
    }
  }
  return { x: y, shape };
}

/** @type {(layer: Upsample & {corners: boolean}, count: number, batch: Batch) => Batch} */
function bilinearUpsample({ shape, step, corners }, count, batch) {
  const [channels, h, w] = batch.shape;
  const [, H, W] = shape;
  const x = batch.x;
  const y = new Float32Array(count * channels * H * W);
  /** @type {(i: number, s: number, size: number) => [number, number, number]} */
  const source = (i, s, size) => {
    const at = corners ? i * s : Math.max(0, (i + 0.5) * s - 0.5);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, size - 1), at - low];
  };
  for (let p = 0, o = 0; p < count * channels; p++) {
    for (let i = 0; i < H; i++) {
      const [up, down, v] = source(i, step[0], h);
      for (let j = 0; j < W; j++) {
        const [left, right, u] = source(j, step[1], w);
        const above = (1 - u) * x[(p * h + up) * w + left] + u * x[(p * h + up) * w + right];
        const below = (1 - u) * x[(p * h + down) * w + left] + u * x[(p * h + down) * w + right];
        y[o++] = (1 - v) * above + v * below;
      }
    }
  }
  return { x: y, shape };
}
