// The images, loaded when they are first wanted: from the site's own files, also without a server,
// or from Python.
import { loadText } from "./apart.js";
import { isStaticPage } from "./page.js";
import { fromBase64 } from "./pixels.js";

/**
 * A set: whether it is MNIST, which the site has too; how many training images; which test images are
 * shown; what its classes are called, none where it has no labels.
 * @typedef {{embedded: boolean, count: number, examples: number[], names: string[]}} Data
 */

const PATIENCE = 60000; // milliseconds until a part must be here
export const PART = 10000; // images of a part
export const BYTES = 1e6; // of a part of MNIST on its way, about

/** The parts that hold the first images, and the test images. @param {number} count */
export function partsFor(count) {
  return Array.from({ length: Math.ceil(count / PART) }, (_, i) => `train-${i}`);
}

/**
 * Load a part of the images.
 * @param {import("./page.js").Model<any> & {send?: (content: object) => void}} model
 * @param {string} name
 * @returns {Promise<Uint8Array>} gzip, as train_data.py packs it
 */
export async function loadPart(model, name) {
  return isStaticPage() ? fromBase64(await loadText(`mnist/${name}`)) : fromPython(model, name);
}

/** @type {(model: any, name: string) => Promise<Uint8Array>} */
function fromPython(model, name) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`${name} did not arrive`)), PATIENCE);
    /** @type {(content: {name: string}, buffers: DataView[]) => void} */
    const take = (content, [view]) => {
      if (content.name !== name) return;
      clearTimeout(late);
      model.off("msg:custom", take);
      done(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    };
    model.on("msg:custom", take);
    model.send({ part: name });
  });
}
