// What both widgets need of the page: elements, colours on a canvas, what is on screen.

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, string | number | boolean | undefined>} attributes false and undefined: left out
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const svg = tag === "svg" || tag === "path";
  const element = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** A canvas with one pixel for each value; the style sheet enlarges it. */
export function makeCanvas(name, width, height, label) {
  const attributes = { class: name, width, height };
  return make("canvas", label ? { ...attributes, role: "img", "aria-label": label } : attributes);
}

/** Colour each pixel of a canvas: `colour(value)` gives [red, green, blue], 0 to 255. */
export function paint(canvas, values, colour) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = colour(values[i]);
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

const GREY = Array.from({ length: 256 }, (_, level) => [level, level, level]);

/** Black for 0, white for 1, as MNIST is shown. */
export function grey(value) {
  return GREY[Math.round(255 * Math.min(1, Math.max(0, value)))];
}

/** A static page carries the state of its widgets; there the address bar is ours to use. */
export function isStaticPage() {
  return Boolean(document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]'));
}

/** The language of the labels: that of a static page, else the one given in Python. */
export function languageOf(model) {
  const page = document.documentElement.lang.slice(0, 2);
  return isStaticPage() && ["zh", "en"].includes(page) ? page : model.get("language");
}

/**
 * Call `draw` when the element comes near the screen, and whenever the function that is returned is
 * called while it is there; off screen nothing is computed.
 * @returns {{changed: () => void, stop: () => void}}
 */
export function whileOnScreen(element, draw) {
  let visible = false;
  let stale = true;
  const update = () => {
    if (!visible || !stale) return;
    stale = false;
    draw();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      visible = entries.at(-1).isIntersecting;
      update();
    },
    { rootMargin: "100px" },
  );
  observer.observe(element);
  return {
    changed() {
      stale = true;
      update();
    },
    stop: () => observer.disconnect(),
  };
}

/** Call f once things have been quiet for a while; `cancel` forgets a call that is waiting. */
export function afterPause(milliseconds, f) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(f, milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
