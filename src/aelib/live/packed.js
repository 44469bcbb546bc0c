// What explorer.py packs: the thumbnails and the networks.
import { readWeights } from "./network.js";
import { fromBase64, PIXELS } from "./pixels.js";

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
 * A function that gives a network with its weights; they are read when it is first wanted, and null
 * while they are on their way.
 * @param {Packed[]} networks
 * @param {(weights: string) => string | null} textOf see apart.js
 */
export function networksOf(networks, textOf) {
  const read = networks.map(() => /** @type {ReturnType<typeof readPacked>} */ (null));
  /** @param {number} choice */
  return (choice) => (read[choice] ??= readPacked(networks[choice], textOf));
}

/** @param {Packed} packed @param {(weights: string) => string | null} textOf */
function readPacked({ name, code, range, bits, weights, layers, classifier: c }, textOf) {
  const text = textOf(weights), scores = c ? textOf(c.weights) : "";
  if (text === null || scores === null) return null;
  const { encoder, decoder } = layers; // in the order of the text: a saved page sorts its keys
  const network = readWeights({ encoder, decoder }, bits, text);
  const { classifier } = c ? readWeights(c.layers, c.bits, scores) : { classifier: [] };
  return { name, code, range, ...network, classifier };
}
