// The images as they come to the worker; train_data.py packs them.
import { PIXELS } from "./pixels.js";

/** What came is not what was packed. */
export class DataError extends Error {}

/**
 * Grey levels, 0 to 255, and what stands behind them.
 * @param {string} name of the part, for the error
 * @param {Uint8Array} bytes gzip of two pixels a byte, and of the labels
 * @param {number} tail how many labels
 * @throws {DataError}
 */
export async function readImages(name, bytes, tail) {
  const pixels = await unpacked(bytes);
  const end = pixels.length - tail;
  const grey = new Uint8Array(2 * Math.max(0, end));
  for (let i = 0; i < end; i++) {
    grey[2 * i] = (pixels[i] & 15) * 17;
    grey[2 * i + 1] = (pixels[i] >> 4) * 17;
  }
  if (!grey.length || grey.length % PIXELS) throw new DataError(`${name}: ${grey.length} pixels`);
  return { grey, labels: pixels.slice(end) };
}

/**
 * What was packed with gzip.
 * @param {Uint8Array} bytes
 */
async function unpacked(bytes) {
  if (typeof DecompressionStream === "undefined") throw new DataError("no DecompressionStream");
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const written = writer.write(/** @type {any} */ (bytes)).then(() => writer.close());
  try {
    // not Blob.stream(): WebKit refuses it in a worker of a page without a server
    const [found] = await Promise.all([new Response(stream.readable).arrayBuffer(), written]);
    return new Uint8Array(found);
  } catch (error) {
    throw new DataError(String(error));
  }
}
