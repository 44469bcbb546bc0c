// A network that learns: forward pass, gradients and Adam over a list of layers. Nothing here
// knows the page; tests/unit/test_trainer_js.py compares all of it with torch.
import { KINDS } from "./train_kinds.js";
import { makeMemory } from "./train_memory.js";

/** @import { Kernels, Part } from "./train_memory.js" */

/**
 * A layer: its kind, and what torch's layer of that kind is given; pairs are rows, columns.
 * @typedef {{kind: string} & Record<string, any>} Layer
 */
/**
 * Values of a batch, as they pass between layers; the images have no gradient.
 * @typedef {Part & {shape: number[], size: number, gradient: Part | null}} Signal
 */
/** @typedef {Signal & {gradient: Part}} Inner a signal between two layers */
/**
 * Weights of a layer, which begin at most `bound` from `start`, as torch's do.
 * @typedef {Part & {gradient: Part, count: number, start: number, bound: number}} Weights
 */
/** @typedef {[at: number, rowStep: number, columnStep: number]} Matrix */
/**
 * What a layer makes itself of. `multiply` adds the product of an m×k and a k×n matrix to an m×n
 * one; the largest m must be said beforehand, to `rows`.
 * @typedef {{
 *   kernels: Kernels,
 *   batch: number,
 *   take: (n: number) => Part,
 *   signal: (shape: number[]) => Inner,
 *   weights: (n: number, inputs: number, start?: number) => Weights,
 *   rows: (m: number) => void,
 *   multiply: (m: number, n: number, k: number, a: Matrix, b: Matrix, c: number) => void,
 * }} Tools
 */
/**
 * A layer at work on n images: `backward` writes the gradient of its input, and adds to that of
 * its weights, after a `forward` with `learning`.
 * @typedef {{y: Signal, forward: (n: number, learning: boolean) => void, backward: (n: number) => void}} Step
 */
/** @typedef {ReturnType<typeof makeNetwork>} Network */

const DEPTH = 256, COLUMNS = 8, ROWS = 4; // of the tiles in kernels.ts
const MEAN = 0.9, SQUARE = 0.999, EPSILON = 1e-8; // Adam's, as in torch

/**
 * @param {Layer[]} layers
 * @param {number[]} inputs shape of one input
 * @param {number} batch the most images at once
 * @throws {Error} for layers that do not fit, RangeError where memory is refused
 */
export function makeNetwork(layers, inputs, batch) {
  const { kernels, take, open } = makeMemory();
  /** @type {Weights[]} */
  const weights = [];
  let rows = 0;
  let free = 0;
  /** @type {Tools} */
  const tools = {
    kernels,
    batch,
    take,
    signal(shape) {
      const size = product(shape);
      return Object.assign(take(batch * size), { shape, size, gradient: take(batch * size) });
    },
    weights(count, inputs, start = 0) {
      const bound = 1 / Math.sqrt(inputs);
      weights.push(Object.assign(take(count), { count, start, bound, gradient: take(count) }));
      return weights[weights.length - 1];
    },
    rows(m) {
      rows = Math.max(rows, m);
    },
    multiply: (m, n, k, a, b, c) => void kernels.multiply(m, n, k, ...a, ...b, c, free),
  };
  const size = product(inputs);
  const x = Object.assign(take(batch * size), { shape: inputs, size, gradient: null });
  const { steps, y } = chain(layers, x, tools);
  const out = /** @type {Inner} */ (y);
  const targets = take(batch * y.size);
  free = take((rows + ROWS - 1) * DEPTH + DEPTH * COLUMNS + ROWS * COLUMNS).at;
  const moments = weights.map(({ count }) => [take(count), take(count)]);
  open();
  let meanLeft = 1, squareLeft = 1; // MEAN and SQUARE to the power of the steps taken

  /** @param {number} count images that stand in x @param {boolean} learning for `backward` */
  function forward(count, learning = false) {
    for (const step of steps) step.forward(count, learning);
    return y.values.subarray(0, count * y.size);
  }

  /**
   * Add the gradient of scale · MSE(y, targets) to that of the weights.
   * @param {number} count images that stand in x, and targets beside them
   * @returns {number} scale · MSE
   */
  function backward(count, scale = 1) {
    const n = count * y.size;
    const total = kernels.squares(y.at, targets.at, out.gradient.at, n, (2 * scale) / n);
    for (let i = steps.length - 1; i >= 0; i--) steps[i].backward(count);
    return (scale * total) / n;
  }

  function clear() {
    for (const { gradient } of weights) gradient.values.fill(0);
  }

  /** One step of Adam. @param {number} rate the learning rate */
  function adam(rate) {
    meanLeft *= MEAN;
    squareLeft *= SQUARE;
    const root = Math.sqrt(1 - squareLeft);
    const step = (rate * root) / (1 - meanLeft);
    weights.forEach(({ at, count, gradient }, i) => {
      const [mean, square] = moments[i];
      const n = whole(count);
      kernels.adam(at, gradient.at, mean.at, square.at, n, step, EPSILON * root);
    });
  }

  /** @param {(part: Weights) => Float32Array} of */
  const together = (of) => {
    const all = new Float32Array(weights.reduce((sum, { count }) => sum + count, 0));
    let at = 0;
    for (const part of weights) {
      all.set(of(part), at);
      at += part.count;
    }
    return all;
  };

  return {
    x: x.values,
    targets: targets.values,
    pixels: size,
    forward,
    backward,
    clear,
    adam,
    /** How many values an image has behind the first `n` layers. @param {number} n */
    sizeAfter: (n) => steps[n - 1].y.size,
    /** Those values of `count` images, after `forward`. @param {number} n @param {number} count */
    after: (n, count) => steps[n - 1].y.values.subarray(0, count * steps[n - 1].y.size),
    /** All weights, in the order of torch's `parameters()`. */
    weights: () => together((part) => part.values),
    /** Where each weight begins, and how far from there it may. */
    starts: () => together(({ count, start }) => new Float32Array(count).fill(start)),
    bounds: () => together(({ count, bound }) => new Float32Array(count).fill(bound)),
    gradients: () => together((part) => part.gradient.values),
    /** @param {Float32Array} values */
    setWeights(values) {
      const count = weights.reduce((sum, part) => sum + part.count, 0);
      if (values.length !== count)
        throw new Error(`These are ${values.length} weights; the network has ${count}.`);
      let at = 0;
      for (const part of weights) {
        part.values.set(values.subarray(at, at + part.count));
        at += part.count;
      }
    },
  };
}

/**
 * Put layers one behind the other.
 * @param {Layer[]} layers
 * @param {Signal} x
 * @param {Tools} tools
 * @returns {{steps: Step[], y: Signal}}
 */
export function chain(layers, x, tools) {
  let y = x;
  const steps = layers.map((layer) => {
    const make = KINDS[layer.kind];
    if (!make) throw new Error(`The trainer has no layer "${layer.kind}".`);
    const step = make(layer, y, tools, chain);
    y = step.y;
    return step;
  });
  return { steps, y };
}

/** The next multiple of 4: kernels of single values take whole vectors. @param {number} n */
function whole(n) {
  return Math.ceil(n / 4) * 4;
}

/** @param {number[]} numbers */
function product(numbers) {
  return numbers.reduce((a, b) => a * b, 1);
}
