// What explorer.py packs: the thumbnails and the networks.
import { fromBase64, PIXELS, readWeights } from "./network.js";

/** @import { Layer } from "./network.js" */

/**
 * A network as explorer.py packs it: its weights are still text.
 * @typedef {{
 *   name: number | string,
 *   bits: number,
 *   weights: string,
 *   layers: {encoder: Layer[], decoder: Layer[]},
 *   code: number[],
 *   range: [number, number],
 *   classifier?: {bits: number, weights: string, layers: {classifier: Layer[]}, names?: string[]},
 * }} Packed
 */

/**
 * The thumbnails as pixels in [0, 1].
 * @param {string} text
 */
export function imagesOf(text) {
  const values = Float32Array.from(fromBase64(text), (v) => v / 255);
  return Array.from({ length: values.length / PIXELS }, (_, i) =>
    values.subarray(i * PIXELS, (i + 1) * PIXELS),
  );
}

/**
 * A function that gives a network with its weights; they are read when it is first wanted.
 * @param {Packed[]} networks
 */
export function networksOf(networks) {
  const read = networks.map(() => /** @type {ReturnType<typeof readPacked> | null} */ (null));
  /** @param {number} choice */
  return (choice) => (read[choice] ??= readPacked(networks[choice]));
}

/** @param {Packed} packed */
function readPacked({ name, code, range, bits, weights, layers, classifier: c }) {
  const { encoder, decoder } = layers; // in the order of the text: a saved page sorts its keys
  const network = readWeights({ encoder, decoder }, bits, weights);
  const { classifier } = c ? readWeights(c.layers, c.bits, c.weights) : { classifier: [] };
  return { name, code, range, ...network, classifier };
}
