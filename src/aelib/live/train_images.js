// The images as they come to the worker; train_data.py packs them.
import { PIXELS } from "./pixels.js";

/** What came is not what was packed. */
export class DataError extends Error {}

/**
 * Grey levels, 0 to 255, and the labels that stand behind the test images.
 * @param {string} name of the part
 * @param {Uint8Array} bytes gzip of two pixels a byte, and of the labels
 * @throws {DataError}
 */
export async function readImages(name, bytes) {
  const pixels = await unpacked(bytes);
  const count = pixels.length / (PIXELS / 2 + (name === "test" ? 1 : 0));
  if (!count || count % 1) throw new DataError(`${name}: ${pixels.length} bytes`);
  const end = (count * PIXELS) / 2;
  const grey = new Uint8Array(2 * end);
  for (let i = 0; i < end; i++) {
    grey[2 * i] = (pixels[i] & 15) * 17;
    grey[2 * i + 1] = (pixels[i] >> 4) * 17;
  }
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
