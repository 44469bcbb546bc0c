// The sliders beside an explorer are ipywidgets, whose labels come from their descriptions. Whatever
// can be dragged or pressed in them is named here, after the label that they show.

const CHANGES = { childList: true, subtree: true, attributeFilter: ["class"] };

/**
 * @param {HTMLElement} root the explorer's
 * @returns {() => void} undoes it
 */
export function nameSliders(root) {
  // The widget manager puts the explorer on the page, and the sliders beside it, when it likes.
  /** @type {Element | null} */
  let watched = null;
  const look = () => {
    const live = root.closest(".ae-live");
    if (!live) return;
    arrival.disconnect();
    const sliders = live.querySelector(".ae-sliders");
    const place = sliders ?? live;
    if (place !== watched) {
      changes.disconnect();
      changes.observe(place, CHANGES);
      watched = place;
    }
    for (const control of sliders?.children ?? []) nameParts(control);
  };
  const changes = new MutationObserver(look);
  const arrival = new ResizeObserver(look);
  arrival.observe(root);
  return () => {
    arrival.disconnect();
    changes.disconnect();
  };
}

/** @param {Element} control one of the ipywidgets */
function nameParts(control) {
  const name = control.querySelector(".widget-label")?.textContent ?? "";
  for (const handle of control.querySelectorAll(".noUi-handle")) give(handle, "aria-label", name);
  for (const number of control.querySelectorAll(".widget-readout")) {
    give(number, "role", "textbox");
    give(number, "aria-label", name);
  }
  for (const button of control.querySelectorAll(".widget-toggle-button")) {
    give(button, "aria-pressed", String(button.classList.contains("mod-active")));
    give(button.parentElement, "role", "group");
    give(button.parentElement, "aria-label", name);
  }
}

/**
 * Set an attribute, unless it is so already: the page need not be laid out again for nothing.
 * @param {Element | null} element
 * @param {string} name
 * @param {string} value
 */
function give(element, name, value) {
  if (element?.getAttribute(name) !== value) element?.setAttribute(name, value);
}
