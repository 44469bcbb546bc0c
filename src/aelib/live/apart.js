// Texts that a page of the site leaves out, and loads when they are first wanted: from scripts of the
// site, since a page without a server may run a script but may not fetch a file. With a kernel there
// are none; book/widgets/apart.py takes them out and writes the scripts.

const MARK = "apart:"; // before the name of such a text; no other value holds a colon
const PATIENCE = 60000; // milliseconds until a text must be here

/**
 * Load a text of the site by its name.
 * @param {string} name such as "mnist/test"
 * @returns {Promise<string>}
 */
export function loadText(name) {
  return new Promise((done, failed) => {
    const runtime = document.querySelector('script[src*="/widgets.js"]');
    const base = runtime instanceof HTMLScriptElement ? runtime.src : document.baseURI;
    const script = document.createElement("script");
    script.src = new URL(`${name}.js`, base).href;
    const end = () => {
      clearTimeout(late);
      document.removeEventListener("ae-data", take);
      script.remove();
    };
    const fail = () => {
      end();
      failed(new Error(script.src));
    };
    const take = (/** @type {Event} */ event) => {
      const { detail } = /** @type {CustomEvent<{name: string, text: string}>} */ (event);
      if (detail.name !== name) return;
      end();
      done(detail.text);
    };
    const late = setTimeout(fail, PATIENCE);
    document.addEventListener("ae-data", take);
    script.onerror = fail;
    document.head.append(script);
  });
}

/** The text that a value of the state stands for. @param {string} value @returns {Promise<string>} */
export async function textOf(value) {
  return value.startsWith(MARK) ? loadText(value.slice(MARK.length)) : value;
}

/**
 * A function that gives the text of a value, or null while it is on its way; the first time it is
 * asked for, it is loaded, and after a failure anew.
 * @param {() => void} arrived
 * @param {(address: string) => void} failed
 * @returns {(value: string) => string | null}
 */
export function makeTexts(arrived, failed) {
  /** @type {Map<string, string | null>} */
  const known = new Map();
  return (value) => {
    if (!value.startsWith(MARK)) return value;
    if (!known.has(value)) {
      known.set(value, null);
      textOf(value).then(
        (text) => {
          known.set(value, text);
          arrived();
        },
        (error) => {
          known.delete(value);
          failed(error.message);
        },
      );
    }
    return known.get(value) ?? null;
  };
}
