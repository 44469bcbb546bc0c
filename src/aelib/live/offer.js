// How a trainer hands a network to an explorer of the same page.

/** @import { Layer } from "./network.js" */

/**
 * A network as explorers have theirs.
 * @typedef {{
 *   name: string, code: number[], range: [number, number], encoder: Layer[], decoder: Layer[],
 * }} Offered
 */

export const OFFER = "ae-network";

/** Offer a network; whether an explorer of the page has taken it. @param {Offered} network */
export function offer(network) {
  return !document.dispatchEvent(new CustomEvent(OFFER, { detail: network, cancelable: true }));
}
