// A training run: initial weights, order of the images and noise from one seed, and one step after
// the other. replay.py does the same in torch, with the same numbers.
import { PIXELS } from "./pixels.js";
import { numbers, shuffled } from "./random.js";
import { layersOf } from "./recipes.js";
import { makeNetwork } from "./train_network.js";

/** @import { Recipe } from "./recipes.js" */

const WEIGHTS = 0, NOISE = 1, TEST = 2, ORDER = 3; // streams of the seed; of epoch e: ORDER + e
const LEVELS = Float32Array.from({ length: 256 }, (_, grey) => grey / 255);

/**
 * @param {Recipe} recipe
 * @param {Uint8Array} images 784 grey levels each, 0 to 255
 * @throws {Error} for a recipe that cannot be built, RangeError where memory is refused
 */
export function makeRun(recipe, images) {
  const { noise, fresh, half, batch, seed, mistakes } = recipe;
  const wrong = (/** @type {import("./recipes.js").Mistake} */ name) => mistakes.includes(name);
  const rate = recipe.rate * (wrong("rate") ? 10 : 1);
  const count = images.length / PIXELS;
  const { encoder, decoder } = layersOf(recipe);
  const net = makeNetwork([...encoder, ...decoder], [PIXELS], batch);
  const { uniform } = numbers(seed, WEIGHTS);
  const starts = net.starts();
  net.setWeights(net.bounds().map((bound, k) => starts[k] + (2 * uniform(k) - 1) * bound));
  const samples = numbers(seed, NOISE);
  const testSamples = numbers(seed, TEST);
  const factor = Math.fround(noise);
  const grey = wrong("range") ? LEVELS.map((v) => v * 255) : LEVELS;
  let order = shuffled(count, seed, ORDER);
  let at = 0, epoch = 0, seen = 0, steps = 0;

  /**
   * Put an image in place i of the batch, with one sample of the noise.
   * @type {(of: Uint8Array, image: number, i: number, gaussian: typeof samples.gaussian, sample: number) => void}
   */
  function put(of, image, i, gaussian, sample) {
    const { x, targets } = net;
    const from = image * PIXELS, to = i * PIXELS, first = sample * PIXELS;
    for (let p = 0; p < PIXELS; p++) {
      const clean = grey[of[from + p]];
      targets[to + p] = x[to + p] = clean;
      if (!noise) continue;
      const noisy = clean + Math.fround(factor * Math.fround(gaussian(first + p)));
      x[to + p] = wrong("clip") ? noisy : Math.min(1, Math.max(0, noisy));
      if (wrong("target")) targets[to + p] = x[to + p];
    }
  }

  /** Take one step; a last batch of an epoch may be smaller. Returns the loss before it. */
  function step() {
    const n = Math.min(batch, count - at);
    for (let i = 0; i < n; i++) {
      const image = order[at + i];
      put(images, image, i, samples.gaussian, fresh ? seen + i : image);
    }
    net.forward(n, true);
    if (!wrong("gradient")) net.clear();
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
   * Put some images in, with noise as strong as that of the training, and look at what comes out.
   * @param {Uint8Array} others as `images`
   * @param {(x: Float32Array, y: Float32Array, n: number) => void} look at each batch
   */
  function each(others, look, gaussian = testSamples.gaussian) {
    const all = others.length / PIXELS;
    for (let from = 0; from < all; from += batch) {
      const n = Math.min(batch, all - from);
      for (let i = 0; i < n; i++) put(others, from + i, i, gaussian, from + i);
      const y = net.forward(n);
      look(net.x.subarray(0, n * PIXELS), y, n);
    }
  }

  /**
   * Mean squared error on images of the test set, compared with the originals in [0, 1]; with the
   * mistake "test", on as many training images and with their noise.
   * @param {Uint8Array} others as `images`
   */
  function test(others) {
    const own = wrong("test");
    const measured = own ? images.subarray(0, others.length) : others;
    let total = 0, p = 0;
    each(
      measured,
      (_, y) => {
        for (let q = 0; q < y.length; q++, p++) total += (y[q] - LEVELS[measured[p]]) ** 2;
      },
      own ? samples.gaussian : testSamples.gaussian,
    );
    return total / measured.length;
  }

  /**
   * What the network sees and answers, as far as it fits into one batch.
   * @param {Uint8Array} others as `images`
   */
  function pictures(others) {
    const inputs = new Float32Array(others.length), outputs = new Float32Array(others.length);
    let at = 0;
    each(others, (x, y) => {
      inputs.set(x, at);
      outputs.set(y, at);
      at += x.length;
    });
    return { inputs: wrong("range") ? inputs.map((v) => v / 255) : inputs, outputs };
  }

  /**
   * The codes of images, one after the other.
   * @param {Uint8Array} others as `images`
   */
  function codes(others) {
    const size = net.sizeAfter(encoder.length);
    const all = new Float32Array((others.length / PIXELS) * size);
    let at = 0;
    each(others, (_x, _y, n) => {
      all.set(net.after(encoder.length, n), at);
      at += n * size;
    });
    return all;
  }

  return {
    step,
    test,
    pictures,
    codes,
    weights: net.weights,
    progress: () => ({ epoch, steps, seen, part: at / count }),
  };
}
