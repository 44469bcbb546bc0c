// The images, loaded when they are first wanted: from the site's own files, also without a server,
// or from Python.
import { fromBase64 } from "./network.js";
import { isStaticPage } from "./page.js";

const PATIENCE = 60000; // milliseconds until a part must be here
export const PART = 10000; // images of a part
export const BYTES = 1e6; // of a part on its way, about

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
export function loadPart(model, name) {
  const load = isStaticPage() ? fromSite : fromPython;
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`${name} did not come`)), PATIENCE);
    load(model, name).then(done, failed).finally(() => clearTimeout(late));
  });
}

/** @type {(model: any, name: string) => Promise<Uint8Array>} */
function fromSite(_, name) {
  // a page without a server may not fetch a file, but may run a script
  return new Promise((done, failed) => {
    const take = (/** @type {Event} */ event) => {
      const { detail } = /** @type {CustomEvent<{name: string, text: string}>} */ (event);
      if (detail.name !== name) return;
      document.removeEventListener("ae-data", take);
      done(fromBase64(detail.text));
    };
    document.addEventListener("ae-data", take);
    const script = document.createElement("script");
    const runtime = document.querySelector('script[src*="/widgets.js"]');
    const base = runtime instanceof HTMLScriptElement ? runtime.src : document.baseURI;
    script.src = new URL(`mnist/${name}.js`, base).href;
    script.onload = () => script.remove();
    script.onerror = () => {
      document.removeEventListener("ae-data", take);
      script.remove();
      failed(new Error(script.src));
    };
    document.head.append(script);
  });
}

/** @type {(model: any, name: string) => Promise<Uint8Array>} */
function fromPython(model, name) {
  return new Promise((done) => {
    /** @type {(content: {name: string}, buffers: DataView[]) => void} */
    const take = (content, [view]) => {
      if (content.name !== name) return;
      model.off("msg:custom", take);
      done(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    };
    model.on("msg:custom", take);
    model.send({ part: name });
  });
}
