// The memory that the kernels of training work on. Everything a network needs lies in one
// WebAssembly.Memory; a part of it is known by its address and seen as numbers.
import { KERNELS, SHIFT } from "./kernels.js";

/** @typedef {{at: number, values: Float32Array}} Part an address in bytes, and what is there */
/** @typedef {Record<string, (...numbers: number[]) => number>} Kernels those of kernels.ts */

const PAGE = 65536; // bytes, WebAssembly's own
const START = 1024; // what the compiler keeps for itself lies below
const LARGEST = 16384; // pages: 1 GB, far more than the largest network here needs

/** The page, or the browser, does not let the kernels run. */
export class RefusedError extends Error {}

/**
 * Compile the kernels. This is done at once, without a promise: the bytes are few, and a worker may
 * do so.
 */
function compiled() {
  const bytes = Uint8Array.from(KERNELS, (c) => c.charCodeAt(0) - SHIFT); // modulo 256
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new RefusedError(String(error)); // a policy of the page, or no WebAssembly, or no SIMD in it
  }
}

/**
 * Give the kernels memory.
 * @throws {RefusedError} they may not run here
 */
export function makeMemory() {
  const module = compiled();
  const memory = new WebAssembly.Memory({ initial: 1, maximum: LARGEST });
  const stop = () => {
    throw new Error("a kernel stopped");
  };
  const instance = new WebAssembly.Instance(module, { env: { memory, abort: stop } });
  const kernels = /** @type {Kernels} */ (/** @type {unknown} */ (instance.exports));
  let end = START;
  /** @type {{at: number, n: number, part: Part}[]} */
  const parts = [];

  /**
   * Hand out room for n numbers, all 0. `values` are there once `open` has been called.
   * @param {number} n
   * @returns {Part}
   */
  function take(n) {
    const part = { at: end, values: new Float32Array(0) };
    parts.push({ at: end, n, part });
    end += Math.ceil(n / 4) * 16; // whole vectors: a kernel may work on the few numbers too many
    return part;
  }

  /**
   * Get the memory that has been handed out; nothing can be handed out afterwards.
   * @throws {RangeError} the browser does not give so much
   */
  function open() {
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
    for (const { at, n, part } of parts) part.values = new Float32Array(memory.buffer, at, n);
  }

  return { kernels, take, open };
}
