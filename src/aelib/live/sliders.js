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
  for (const handle of control.querySelectorAll(".noUi-handle")) {
    handle.setAttribute("aria-label", name);
  }
  for (const number of control.querySelectorAll(".widget-readout")) {
    number.setAttribute("role", "textbox");
    number.setAttribute("aria-label", name);
  }
  for (const button of control.querySelectorAll(".widget-toggle-button")) {
    button.setAttribute("aria-pressed", String(button.classList.contains("mod-active")));
    button.parentElement?.setAttribute("role", "group");
    button.parentElement?.setAttribute("aria-label", name);
  }
}
