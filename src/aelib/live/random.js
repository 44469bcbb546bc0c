// Random numbers of a training run, the same in Python (random_numbers.py, which documents them).
// Only arithmetic whose result IEEE 754 fixes: every engine draws the same bits.

import { hash } from "./hash.js";

const GOLDEN = 0x9e3779b9; // parts the streams of a seed

/**
 * A stream of numbers that are known by their place: number k is the same whenever it is asked for.
 * @param {number} seed
 * @param {number} stream
 */
export function numbers(seed, stream) {
  const key = hash(hash(seed) ^ Math.imul(stream + 1, GOLDEN));
  const bits = (/** @type {number} */ k) => hash(hash(k) ^ key);
  const uniform = (/** @type {number} */ k) => (bits(k) + 0.5) / 2 ** 32;
  return { bits, uniform, gaussian: (/** @type {number} */ k) => quantile(uniform(k)) };
}

/**
 * The whole numbers below n in a random order: sorted by a number drawn for each.
 * @param {number} n
 * @param {number} seed
 * @param {number} stream
 */
export function shuffled(n, seed, stream) {
  const { bits } = numbers(seed, stream);
  const keys = Float64Array.from({ length: n }, (_, i) => bits(i) * 2 ** 20 + i);
  return Int32Array.from(keys.sort(), (key) => key % 2 ** 20);
}

/** The standard normal quantile, Wichura's AS 241 (PPND7). @param {number} p */
function quantile(p) {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  let r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  if (r <= 5) {
    r -= 1.6;
    r =
      (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
      ((0.12021132975 * r + 0.7370016425) * r + 1);
  } else {
    r -= 5;
    r =
      (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) /
      ((0.012258202635 * r + 0.24197894225) * r + 1);
  }
  return q < 0 ? -r : r;
}

/** ln x for x in (0, 1), by the series of the inverse hyperbolic tangent. @param {number} x */
function logarithm(x) {
  let halvings = 0;
  while (x < 0.5) {
    x *= 2;
    halvings += 1;
  }
  const s = (x - 1) / (x + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * s * sum - halvings * 0.6931471805599453;
}
