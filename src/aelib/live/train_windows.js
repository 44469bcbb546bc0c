// Layers that look at an image through a window, with their gradients.

/** @import { Signal, Step, Tools } from "./train_network.js" */

/** @typedef {[number, number]} Pair rows, columns */
/** @typedef {{kernel: Pair, stride: Pair, padding: Pair}} Window */
/** @typedef {Window & {filters: number}} Filters */
/** @typedef {(layer: any, x: Signal, tools: Tools) => Step} Kind */

const INT = 4; // bytes of a number

/** @type {Record<string, Kind>} */
export const WINDOWS = {
  convolution,
  "transposed convolution": transposedConvolution,
  "max pool": maxPool,
  "average pool": averagePool,
};

/**
 * How many positions a window has along rows and along columns.
 * @param {Window & {ceil?: boolean}} window
 * @param {number[]} shape
 */
function positions({ kernel, stride, padding, ceil = false }, [, ...sides]) {
  return sides.map((side, i) => {
    const steps = (side + 2 * padding[i] - kernel[i]) / stride[i];
    const n = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    const begins = (n - 1) * stride[i] < side + padding[i]; // a window must see the image
    const count = begins ? n : n - 1;
    if (count < 1) throw new Error(`A window of ${kernel[i]} pixels does not fit into ${side}.`);
    return count;
  });
}

/**
 * What each window sees becomes a column; then it is a matrix product.
 * @type {(layer: Filters, x: Signal, tools: Tools) => Step}
 */
function convolution(layer, x, tools) {
  const { kernels, multiply } = tools;
  const { filters } = layer;
  const [C, H, W] = x.shape;
  const [h, w] = positions(layer, x.shape);
  const columns = C * layer.kernel[0] * layer.kernel[1];
  const area = h * w;
  const weight = tools.weights(filters * columns, columns);
  const bias = tools.weights(filters, columns);
  const y = tools.signal([filters, h, w]);
  const seen = tools.take(columns * area);
  const window = [C, H, W, ...layer.kernel, ...layer.stride, ...layer.padding, h, w];
  tools.rows(Math.max(filters, columns));
  return {
    y,
    forward(n) {
      kernels.spread(bias.at, filters, area, n, y.at);
      for (let i = 0; i < n; i++) {
        kernels.unfold(x.at + INT * i * x.size, ...window, seen.at, 0);
        const to = y.at + INT * i * y.size;
        multiply(filters, area, columns, [weight.at, columns, 1], [seen.at, area, 1], to);
      }
    },
    backward(n) {
      kernels.gather(y.gradient.at, filters, area, n, bias.gradient.at);
      x.gradient?.values.fill(0, 0, n * x.size);
      for (let i = 0; i < n; i++) {
        const g = y.gradient.at + INT * i * y.size;
        kernels.unfold(x.at + INT * i * x.size, ...window, seen.at, 0);
        multiply(filters, columns, area, [g, area, 1], [seen.at, 1, area], weight.gradient.at);
        if (!x.gradient) continue;
        seen.values.fill(0);
        multiply(columns, area, filters, [weight.at, 1, columns], [g, area, 1], seen.at);
        kernels.unfold(x.gradient.at + INT * i * x.size, ...window, seen.at, 1);
      }
    },
  };
}

/**
 * A convolution run backwards: its answer is that one's gradient, and the other way round.
 * @type {(layer: Filters & {extra: Pair}, x: Signal, tools: Tools) => Step}
 */
function transposedConvolution(layer, x, tools) {
  const { kernels, multiply } = tools;
  const { filters, kernel, stride, padding, extra } = layer;
  const [C, h, w] = x.shape;
  const [H, W] = [h, w].map(
    (side, i) => (side - 1) * stride[i] - 2 * padding[i] + kernel[i] + extra[i],
  );
  const columns = filters * kernel[0] * kernel[1];
  const area = h * w;
  const weight = tools.weights(C * columns, columns);
  const bias = tools.weights(filters, columns);
  const y = tools.signal([filters, H, W]);
  const seen = tools.take(columns * area);
  const window = [filters, H, W, ...kernel, ...stride, ...padding, h, w];
  tools.rows(Math.max(C, columns));
  return {
    y,
    forward(n) {
      kernels.spread(bias.at, filters, H * W, n, y.at);
      for (let i = 0; i < n; i++) {
        const from = x.at + INT * i * x.size;
        seen.values.fill(0);
        multiply(columns, area, C, [weight.at, 1, columns], [from, area, 1], seen.at);
        kernels.unfold(y.at + INT * i * y.size, ...window, seen.at, 1);
      }
    },
    backward(n) {
      kernels.gather(y.gradient.at, filters, H * W, n, bias.gradient.at);
      x.gradient?.values.fill(0, 0, n * x.size);
      for (let i = 0; i < n; i++) {
        const from = x.at + INT * i * x.size;
        kernels.unfold(y.gradient.at + INT * i * y.size, ...window, seen.at, 0);
        multiply(C, columns, area, [from, area, 1], [seen.at, 1, area], weight.gradient.at);
        if (!x.gradient) continue;
        const to = x.gradient.at + INT * i * x.size;
        multiply(C, area, columns, [weight.at, columns, 1], [seen.at, area, 1], to);
      }
    },
  };
}

/** @type {(layer: Window, x: Signal, tools: Tools) => Step} */
function maxPool(layer, x, tools) {
  const { kernels } = tools;
  const [C, H, W] = x.shape;
  const [h, w] = positions(layer, x.shape);
  const y = tools.signal([C, h, w]);
  const chosen = tools.take(tools.batch * y.size);
  const window = [H, W, ...layer.kernel, ...layer.stride, ...layer.padding, h, w];
  return {
    y,
    forward: (n) => void kernels.maxPool(x.at, n * C, ...window, y.at, chosen.at),
    backward(n) {
      if (!x.gradient) return;
      x.gradient.values.fill(0, 0, n * x.size);
      kernels.maxPoolBack(y.gradient.at, chosen.at, n * C, H * W, h * w, x.gradient.at);
    },
  };
}

/** @type {(layer: Window & {whole: boolean}, x: Signal, tools: Tools) => Step} */
function averagePool(layer, x, tools) {
  const { kernels } = tools;
  const [C, H, W] = x.shape;
  const [h, w] = positions(layer, x.shape);
  const y = tools.signal([C, h, w]);
  const window = [H, W, ...layer.kernel, ...layer.stride, ...layer.padding, h, w];
  const whole = Number(layer.whole); // the padding counts as pixels
  return {
    y,
    forward: (n) => void kernels.averagePool(x.at, n * C, ...window, y.at, whole, 0),
    backward(n) {
      if (!x.gradient) return;
      x.gradient.values.fill(0, 0, n * x.size);
      kernels.averagePool(x.gradient.at, n * C, ...window, y.gradient.at, whole, 1);
    },
  };
}
