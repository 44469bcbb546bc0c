// Steps with weights of their own, and matrix products. Every function takes the step, the number
// of images and what the step is given, and leaves that as it is.

import { images, product, stepOf } from "./network_shapes.js";

/** @import { Batch, Kind } from "./network.js" */

/** @typedef {[number, number]} Pair rows, columns */
/** @typedef {[number, number, number]} Shape channels, rows, columns */
/**
 * @typedef {{
 *   rows: number, columns: number, weight: Float32Array, bias: Float32Array,
 * }} Matrix one row for each output
 */
/**
 * @typedef {Matrix & {
 *   shape: Shape, kernel: Pair, stride: Pair, padding: Pair, dilation?: Pair, groups?: number,
 * }} Convolution
 */

/** @type {Record<string, Kind>} */
export const DENSE = {
  linear,
  convolution: images(convolution),
  "transposed convolution": images(transposedConvolution),
  matmul,
};

/**
 * weight · x + bias for `count` inputs, into y from `at` on: the answer of row r to input n is put
 * at r · rowStep + n · inputStep.
 * @param {Matrix} layer
 * @param {Float32Array} x
 * @param {number} count
 * @param {Float32Array} y
 * @param {number} at
 * @param {number} rowStep
 * @param {number} inputStep
 */
function multiply({ rows, columns, weight, bias }, x, count, y, at, rowStep, inputStep) {
  for (let r = 0; r < rows; r++) {
    const w = r * columns;
    let n = 0;
    for (; n + 4 <= count; n += 4) { // four inputs share each weight that is read
      const a = n * columns, b = a + columns, c = b + columns, d = c + columns;
      let sa = 0, sb = 0, sc = 0, sd = 0;
      for (let k = 0; k < columns; k++) {
        const v = weight[w + k];
        sa += v * x[a + k];
        sb += v * x[b + k];
        sc += v * x[c + k];
        sd += v * x[d + k];
      }
      const o = at + r * rowStep + n * inputStep;
      y[o] = sa + bias[r];
      y[o + inputStep] = sb + bias[r];
      y[o + 2 * inputStep] = sc + bias[r];
      y[o + 3 * inputStep] = sd + bias[r];
    }
    for (; n < count; n++) {
      const a = n * columns;
      let even = 0, odd = 0; // two sums: the processor adds them side by side
      let k = 0;
      for (; k + 2 <= columns; k += 2) {
        even += weight[w + k] * x[a + k];
        odd += weight[w + k + 1] * x[a + k + 1];
      }
      if (k < columns) even += weight[w + k] * x[a + k];
      y[at + r * rowStep + n * inputStep] = even + odd + bias[r];
    }
  }
}

/** @type {(layer: Matrix, count: number, batch: Batch) => Batch} */
function linear(layer, _, { x, shape }) {
  const { rows, columns } = layer;
  const inputs = x.length / columns;
  const y = new Float32Array(inputs * rows);
  multiply(layer, x, inputs, y, 0, 1, rows);
  return { x: y, shape: [...shape.slice(0, -1), rows] };
}

/**
 * The positions i in 0…n-1 for which i·stride + start lies in 0…size-1.
 * @type {(n: number, stride: number, start: number, size: number) => [number, number]}
 * @returns first, and one after the last
 */
function inside(n, stride, start, size) {
  return [
    Math.max(0, Math.ceil(-start / stride)),
    Math.min(n, Math.floor((size - 1 - start) / stride) + 1),
  ];
}

/**
 * Lay what each output pixel sees side by side; then it is a matrix product, one for each group.
 * @type {(layer: Convolution, count: number, batch: Batch) => Batch}
 */
function convolution(layer, count, batch) {
  const { shape, kernel, stride, padding, columns, dilation = [1, 1], groups = 1 } = layer;
  const [channels, H, W] = batch.shape;
  const [, h, w] = shape;
  const rows = layer.rows / groups, inputs = channels / groups;
  const y = new Float32Array(count * layer.rows * h * w);
  const seen = new Float32Array(h * w * columns); // 0 where the kernel lies on the padding
  for (let g = 0; g < groups; g++) {
    const weight = layer.weight.subarray(g * rows * columns, (g + 1) * rows * columns);
    const group = { rows, columns, weight, bias: layer.bias.subarray(g * rows, (g + 1) * rows) };
    for (let n = 0; n < count; n++) {
      for (let c = 0, place = 0; c < inputs; c++) {
        const plane = (n * channels + g * inputs + c) * H * W;
        for (let ky = 0; ky < kernel[0]; ky++) {
          const y0 = ky * dilation[0] - padding[0];
          const [top, bottom] = inside(h, stride[0], y0, H);
          for (let kx = 0; kx < kernel[1]; kx++, place++) {
            const x0 = kx * dilation[1] - padding[1];
            const [left, right] = inside(w, stride[1], x0, W);
            for (let i = top; i < bottom; i++) {
              const from = plane + (i * stride[0] + y0) * W + x0;
              for (let j = left; j < right; j++) {
                seen[(i * w + j) * columns + place] = batch.x[from + j * stride[1]];
              }
            }
          }
        }
      }
      multiply(group, seen, h * w, y, (n * layer.rows + g * rows) * h * w, h * w, 1);
    }
  }
  return { x: y, shape };
}

/** @type {(layer: Convolution, count: number, batch: Batch) => Batch} */
function transposedConvolution(layer, count, batch) {
  const { shape, kernel, stride, padding, weight, bias, dilation = [1, 1], groups = 1 } = layer;
  const [channels, h, w] = batch.shape;
  const [filters, H, W] = shape;
  const x = batch.x;
  const inputs = channels / groups;
  const y = new Float32Array(count * filters * H * W);
  for (let n = 0; n < count; n++) {
    for (let f = 0; f < filters; f++) {
      const out = (n * filters + f) * H * W;
      const first = Math.floor((f * groups) / filters) * inputs; // channel of this filter's group
      y.fill(bias[f], out, out + H * W);
      for (let c = 0; c < inputs; c++) {
        const plane = (n * channels + first + c) * h * w;
        for (let ky = 0; ky < kernel[0]; ky++) {
          const y0 = ky * dilation[0] - padding[0];
          const [top, bottom] = inside(h, stride[0], y0, H);
          for (let kx = 0; kx < kernel[1]; kx++) {
            const x0 = kx * dilation[1] - padding[1];
            const [left, right] = inside(w, stride[1], x0, W);
            const v = weight[((f * inputs + c) * kernel[0] + ky) * kernel[1] + kx];
            const step = stride[1];
            for (let i = top; i < bottom; i++) {
              const from = plane + i * w;
              const to = out + (i * stride[0] + y0) * W + x0;
              for (let j = left; j < right; j++) y[to + j * step] += v * x[from + j];
            }
          }
        }
      }
    }
  }
  return { x: y, shape };
}

/**
 * Products of matrices of which the network computes at least one: […, m, k] by […, k, n].
 * @type {(layer: {shape: number[]}, count: number, a: Batch, b: Batch) => Batch}
 */
function matmul({ shape }, count, a, b) {
  const [m, n] = shape.slice(-2);
  const k = a.shape[a.shape.length - 1];
  const size = product(shape);
  const y = new Float32Array(count * size);
  for (let o = 0; o < y.length; o++) {
    const image = Math.floor(o / size), row = Math.floor((o % size) / n);
    let left = image * stepOf(a, count) + row * k;
    let right = image * stepOf(b, count) + Math.floor(row / m) * k * n + (o % n);
    for (let l = 0; l < k; l++, left++, right += n) y[o] += a.x[left] * b.x[right];
  }
  return { x: y, shape };
}
