// A training run: initial weights, order of the images and noise from one seed, and one step after
// the other. replay.py does the same in torch, with the same numbers.
import { numbers, shuffled } from "./random.js";
import { layersOf } from "./recipes.js";
import { makeNetwork } from "./train_network.js";

/**
 * @typedef {{
 *   preset: import("./recipes.js").Preset,
 *   latent: number,
 *   activation: import("./recipes.js").Activation,
 *   noise: number,
 *   fresh: boolean,
 *   half: boolean,
 *   rate: number,
 *   batch: number,
 *   seed: number,
 * }} Settings `fresh`: noise drawn anew for each batch; `half`: the loss is half the MSE
 */

const WEIGHTS = 0, NOISE = 1, ORDER = 2; // streams of the seed; the order of epoch e: ORDER + e
const PIXELS = 784;

/**
 * @param {Settings} settings
 * @param {Uint8Array} images 784 grey levels each, 0 to 255
 */
export function makeRun(settings, images) {
  const { preset, latent, activation, noise, fresh, half, rate, batch, seed } = settings;
  const count = images.length / PIXELS;
  const net = makeNetwork(layersOf(preset, latent, activation), [PIXELS], batch);
  const { uniform } = numbers(seed, WEIGHTS);
  net.setWeights(Float32Array.from(net.bounds(), (bound, k) => (2 * uniform(k) - 1) * bound));
  const { gaussian } = numbers(seed, NOISE);
  const factor = Math.fround(noise);
  let order = shuffled(count, seed, ORDER);
  let at = 0, epoch = 0, seen = 0, steps = 0;

  /** Put an image in place i of the batch. @type {(image: number, i: number) => void} */
  function put(image, i) {
    const first = (fresh ? seen + i : image) * PIXELS;
    for (let p = 0; p < PIXELS; p++) {
      const clean = Math.fround(images[image * PIXELS + p] / 255);
      net.targets[i * PIXELS + p] = clean;
      net.x[i * PIXELS + p] = noise
        ? Math.min(1, Math.max(0, clean + Math.fround(factor * Math.fround(gaussian(first + p)))))
        : clean;
    }
  }

  /** Take one step; a last batch of an epoch may be smaller. Returns the loss before it. */
  function step() {
    const n = Math.min(batch, count - at);
    for (let i = 0; i < n; i++) put(order[at + i], i);
    net.forward(n);
    net.clear();
    const loss = net.backward(n, half ? 0.5 : 1);
    net.adam(rate);
    at += n;
    seen += n;
    steps += 1;
    if (at === count) {
      at = 0;
      epoch += 1;
      order = shuffled(count, seed, ORDER + epoch);
    }
    return loss;
  }

  /**
   * Mean squared error on images without noise.
   * @param {Uint8Array} others as `images`
   */
  function test(others) {
    let total = 0;
    for (let from = 0; from < others.length; from += batch * PIXELS) {
      const some = others.subarray(from, from + batch * PIXELS);
      for (let p = 0; p < some.length; p++) net.x[p] = some[p] / 255;
      const y = net.forward(some.length / PIXELS);
      for (let p = 0; p < y.length; p++) total += (y[p] - net.x[p]) ** 2;
    }
    return total / others.length;
  }

  return { step, test, weights: net.weights, progress: () => ({ epoch, steps, seen }) };
}
