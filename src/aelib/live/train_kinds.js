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
    forward(n) {
      y.values.fill(0, 0, n * y.size);
      for (const part of parts) {
        part.input.values.set(x.values.subarray(0, n * x.size));
        for (const step of part.steps) step.forward(n);
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
