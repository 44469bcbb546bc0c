// The state in the page's address: #ae1=digit:3,noise:0.25&tr1=preset:free,seed:7&… ; each explorer and
// trainer of a page has its own part.
import { afterPause, isStaticPage } from "./page.js";

const PAUSE = 300; // milliseconds without a change before the address is written

/**
 * Keep the part of one widget in the address, and take it from there.
 * @param {string} name the widget's
 * @param {() => string} text what its part says now
 * @param {(part: string) => void} follow what somebody's link says
 * @returns {{changed: () => void, stop: () => void}}
 */
export function keepPart(name, text, follow) {
  if (!isStaticPage()) return { changed() {}, stop() {} };
  /** @type {string | undefined} */
  let known; // what its part was when it was last read or written
  const take = () => {
    known = partsOf(location.hash).get(name);
    if (known !== undefined) follow(known);
  };
  const write = afterPause(PAUSE, () => {
    const parts = partsOf(location.hash);
    if (parts.get(name) !== known) return; // somebody has just gone elsewhere: that is read next
    known = text();
    parts.set(name, known);
    const hash = [...parts].map(([key, value]) => `${key}=${value}`).join("&");
    history.replaceState(history.state, "", `#${hash}`);
  });
  take();
  window.addEventListener("hashchange", take);
  return {
    changed: write.start,
    stop() {
      write.cancel();
      window.removeEventListener("hashchange", take);
    },
  };
}

/**
 * The widgets' parts of an address; an anchor of the page is not one.
 * @param {string} hash
 * @returns {Map<string, string>}
 */
function partsOf(hash) {
  const pairs = hash.slice(1).split("&").map((part) => part.split("="));
  return new Map(
    pairs.flatMap(([key, value]) => (/^(ae|tr)\d+$/.test(key) && value ? [[key, value]] : [])),
  );
}

/**
 * The fields of a part, by name.
 * @param {string} part such as "digit:3,noise:0.25"
 * @returns {Map<string, string>}
 */
export function fieldsOf(part) {
  return new Map(
    part.split(",").map((field) => {
      const [name, value = ""] = field.split(":");
      return [name, value];
    }),
  );
}
