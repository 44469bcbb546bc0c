// The networks that the trainer offers; recipe.py has the same ones for torch.

/** @import { Layer } from "./train_network.js" */

/** @typedef {"2" | "3 transposed" | "3 upsampling" | "4a" | "4b" | "free"} Preset */
/** @typedef {"relu" | "leaky relu" | "sigmoid" | "tanh"} Activation */

/** @type {Record<string, number[]>} units of the hidden layers of the encoder */
const HIDDEN = { "2": [256, 128], "4a": [128], "4b": [256, 128], free: [128] };
const SLOPE = 0.01; // of a leaky ReLU, as in torch

/**
 * @param {Preset} preset
 * @param {number} latent values of the code; the convolutional networks have their own
 * @param {Activation} activation after every layer but the last, which has a sigmoid
 * @returns {Layer[]} of the encoder and the decoder
 */
export function layersOf(preset, latent, activation) {
  const bent = { kind: activation, slope: SLOPE }; // the others have no use for the slope
  const hidden = HIDDEN[preset];
  if (!hidden) return convolutional(preset, bent);
  const sizes = [784, ...hidden, latent, ...hidden.slice().reverse(), 784];
  const layers = sizes.slice(1).flatMap((outputs, i) => [
    { kind: "linear", inputs: sizes[i], outputs },
    bent,
  ]);
  return [...layers.slice(0, -1), { kind: "sigmoid" }];
}

/** @type {(preset: Preset, bent: Layer) => Layer[]} */
function convolutional(preset, bent) {
  const convolution = (/** @type {number} */ filters) =>
    ({ kind: "convolution", filters, kernel: [3, 3], stride: [1, 1], padding: [1, 1] });
  const pool = { kind: "max pool", kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
  const transposed = (/** @type {number} */ filters) => ({
    kind: "transposed convolution", filters,
    kernel: [2, 2], stride: [2, 2], padding: [0, 0], extra: [0, 0],
  });
  const larger = (/** @type {number} */ side) => ({ kind: "nearest upsample", size: [side, side] });
  const image = { kind: "reshape", shape: [1, 28, 28] };
  const encoder = [image, convolution(16), bent, pool, convolution(32), bent, pool];
  const decoder = preset === "3 transposed"
    ? [transposed(16), bent, transposed(1)]
    : [larger(14), convolution(16), bent, larger(28), convolution(1)];
  return [...encoder, ...decoder, { kind: "sigmoid" }, { kind: "reshape", shape: [784] }];
}
