// A network that the page's trainer hands over: an explorer draws with it until it is given back.
import { make } from "./page.js";
import { OFFER } from "./offer.js";

/** @import { Offered } from "./offer.js" */
/** @import { Words } from "./words.js" */

/**
 * @param {Words} words
 * @param {() => void} changed
 */
export function makeLent(words, changed) {
  /** @type {(Offered & {classifier: import("./network.js").Layer[]}) | null} */
  let network = null;
  let number = 0; // of networks taken, for those who keep what one has drawn
  const name = make("span", {});
  const back = make("button", { type: "button", class: "ae-button ae-give-back" }, words.giveBack);
  const element = make("div", { class: "ae-tools ae-lent", hidden: "" }, name, back);

  /** @param {Event} event */
  const take = (event) => {
    if (event.defaultPrevented) return; // another explorer of the page has it
    event.preventDefault();
    const { detail } = /** @type {CustomEvent<Offered>} */ (event);
    network = { ...detail, classifier: [] };
    number += 1;
    name.textContent = words.lent(detail.name);
    element.hidden = false;
    changed();
  };
  const giveBack = () => {
    if (!network) return;
    network = null;
    element.hidden = true;
    changed();
  };
  back.addEventListener("click", giveBack);
  document.addEventListener(OFFER, take);
  return {
    element,
    network: () => network,
    number: () => (network ? number : 0),
    giveBack,
    stop: () => document.removeEventListener(OFFER, take),
  };
}
