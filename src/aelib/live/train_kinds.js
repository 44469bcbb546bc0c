// Every kind of layer with its gradient; those of images are in train_windows.js
// and train_upsample.js.
import { UPSAMPLE } from "./train_upsample.js";
import { WINDOWS } from "./train_windows.js";

/** @import { Inner, Layer, Signal, Step, Tools } from "./train_network.js" */

/** @typedef {(layers: Layer[], x: Signal, tools: Tools) => {steps: Step[], y: Signal}} Chain */
/** @typedef {(layer: any, x: Signal, tools: Tools, chain: Chain) => Step} Kind */

/** @type {Record<string, Kind>} */
export const KINDS = {
  linear,
  sum,
  "batch norm": batchNorm,
  ...WINDOWS,
  ...UPSAMPLE,
  reshape: ({ shape }, x) => ({
    y: Object.create(x, { shape: { value: shape } }),
    forward() {},
    backward() {},
  }),
  relu: (_, x, tools) => leaky({ slope: 0 }, x, tools),
  "leaky relu": leaky,
  sigmoid: (_, x, tools) => bent("sigmoid", x, tools),
  tanh: (_, x, tools) => bent("tanh", x, tools),
};

/** @type {(layer: {inputs: number, outputs: number}, x: Signal, tools: Tools) => Step} */
function linear({ inputs, outputs }, x, tools) {
  if (x.size !== inputs)
    throw new Error(`A linear layer takes ${inputs} values; what comes before gives ${x.size}.`);
  const { kernels, multiply } = tools;
  const weight = tools.weights(inputs * outputs, inputs);
  const bias = tools.weights(outputs, inputs);
  const y = tools.signal([outputs]);
  tools.rows(Math.max(tools.batch, outputs));
  return {
    y,
    forward(n) {
      kernels.spread(bias.at, outputs, 1, n, y.at);
      multiply(n, outputs, inputs, [x.at, inputs, 1], [weight.at, 1, inputs], y.at);
    },
    backward(n) {
      const g = y.gradient.at;
      kernels.gather(g, outputs, 1, n, bias.gradient.at);
      multiply(outputs, inputs, n, [g, 1, outputs], [x.at, inputs, 1], weight.gradient.at);
      if (!x.gradient) return;
      x.gradient.values.fill(0, 0, n * inputs);
      multiply(n, inputs, outputs, [g, outputs, 1], [weight.at, inputs, 1], x.gradient.at);
    },
  };
}

/** @type {(layer: {slope: number}, x: Signal, tools: Tools) => Step} */
function leaky({ slope }, x, { kernels, signal }) {
  const y = signal(x.shape);
  return {
    y,
    forward: (n) => void kernels.leaky(x.at, y.at, vectors(n * x.size), slope),
    backward(n) {
      if (!x.gradient) return;
      kernels.leakyBack(x.at, y.gradient.at, x.gradient.at, vectors(n * x.size), slope);
    },
  };
}

/** @type {(name: "sigmoid" | "tanh", x: Signal, tools: Tools) => Step} */
function bent(name, x, { kernels, signal }) {
  const y = signal(x.shape);
  return {
    y,
    forward: (n) => void kernels[name](x.at, y.at, vectors(n * x.size)),
    backward(n) {
      if (!x.gradient) return;
      kernels[`${name}Back`](y.at, y.gradient.at, x.gradient.at, vectors(n * x.size));
    },
  };
}

/**
 * Channels, each with its mean taken off and divided by its deviation: those of the batch while it
 * learns, else those that were met on the way, as torch counts them.
 * @type {(layer: {epsilon: number, momentum: number}, x: Signal, tools: Tools) => Step}
 */
function batchNorm({ epsilon, momentum }, x, tools) {
  const channels = x.shape[0], inside = x.size / channels;
  const factor = tools.weights(channels, Infinity, 1), offset = tools.weights(channels, Infinity);
  const met = { mean: new Float64Array(channels), square: new Float64Array(channels).fill(1) };
  const scale = new Float64Array(channels), centre = new Float64Array(channels);
  const y = tools.signal(x.shape);

  /**
   * Go over what a channel has in n images, and add up.
   * @type {(n: number, c: number, of: (i: number) => number) => number}
   */
  function over(n, c, of) {
    let total = 0;
    for (let k = 0; k < n; k++)
      for (let i = k * x.size + c * inside, end = i + inside; i < end; i++) total += of(i);
    return total;
  }

  return {
    y,
    forward(n, learning) {
      const count = n * inside;
      if (learning && count < 2)
        throw new Error("A batch norm needs two values of a channel to learn; the batch has one.");
      for (let c = 0; c < channels; c++) {
        let mean = met.mean[c], square = met.square[c];
        if (learning) {
          mean = over(n, c, (i) => x.values[i]) / count;
          square = over(n, c, (i) => (x.values[i] - mean) ** 2) / count;
          met.mean[c] += momentum * (mean - met.mean[c]);
          met.square[c] += momentum * ((square * count) / (count - 1) - met.square[c]);
        }
        centre[c] = mean;
        scale[c] = 1 / Math.sqrt(square + epsilon);
        const by = scale[c] * factor.values[c], to = offset.values[c];
        over(n, c, (i) => (y.values[i] = (x.values[i] - mean) * by + to));
      }
    },
    backward(n) {
      const g = y.gradient.values;
      for (let c = 0; c < channels; c++) {
        const normal = (/** @type {number} */ i) => (x.values[i] - centre[c]) * scale[c];
        const all = over(n, c, (i) => g[i]), along = over(n, c, (i) => g[i] * normal(i));
        offset.gradient.values[c] += all;
        factor.gradient.values[c] += along;
        const { gradient } = x, by = factor.values[c] * scale[c], count = n * inside;
        if (gradient)
          over(n, c, (i) => (gradient.values[i] = by * (g[i] - (all + normal(i) * along) / count)));
      }
    },
  };
}

/**
 * Branches that get the same input, and whose answers are added.
 * @type {(layer: {branches: Layer[][]}, x: Signal, tools: Tools, chain: Chain) => Step}
 */
function sum({ branches }, x, tools, chain) {
  const { kernels } = tools;
  const parts = branches.map((layers) => {
    const input = tools.signal(x.shape); // of its own: each branch has its gradient
    return { input, ...chain(layers, input, tools) };
  });
  const y = tools.signal(parts[0].y.shape);
  return {
    y,
    forward(n, learning) {
      y.values.fill(0, 0, n * y.size);
      for (const part of parts) {
        part.input.values.set(x.values.subarray(0, n * x.size));
        for (const step of part.steps) step.forward(n, learning);
        kernels.add(y.at, part.y.at, vectors(n * y.size));
      }
    },
    backward(n) {
      x.gradient?.values.fill(0, 0, n * x.size);
      for (const part of parts) {
        const last = /** @type {Inner} */ (part.y);
        last.gradient.values.set(y.gradient.values.subarray(0, n * y.size));
        for (let i = part.steps.length - 1; i >= 0; i--) part.steps[i].backward(n);
        if (x.gradient) kernels.add(x.gradient.at, part.input.gradient.at, vectors(n * x.size));
      }
    },
  };
}

/** The next multiple of 4: kernels of single values take whole vectors. @param {number} n */
function vectors(n) {
  return Math.ceil(n / 4) * 4;
}
