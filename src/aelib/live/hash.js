/**
 * Mix a 32-bit integer; noise_sample.py says where the constants come from.
 * @param {number} x
 */
export function hash(x) {
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
