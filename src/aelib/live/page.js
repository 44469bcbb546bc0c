// What both widgets need of the page: elements, colours on a canvas, what is on screen.

/**
 * What anywidget gives a widget: its state, shared with Python and, by jslink, with other widgets.
 * @template State
 * @typedef {{
 *   get: <Name extends keyof State & string>(name: Name) => State[Name],
 *   set: <Name extends keyof State & string>(name: Name, value: State[Name]) => void,
 *   save_changes: () => void,
 *   on: (event: string, f: () => void) => void,
 *   off: (event: string, f: () => void) => void,
 * }} Model
 */

/** @typedef {Record<string, string | number>} Attributes */

/**
 * Make an element of HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * Make an element of SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...Node} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function makeSvg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * @template {Element} Kind
 * @param {Kind} element
 * @param {Attributes} attributes
 * @param {(Node | string)[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * A canvas with one pixel for each value; the style sheet enlarges it.
 * @param {string} name its class
 * @param {number} width
 * @param {number} height
 * @param {string} [label] what it shows; a canvas without one is not read out
 */
export function makeCanvas(name, width, height, label) {
  const attributes = { class: name, width, height };
  return make("canvas", label ? { ...attributes, role: "img", "aria-label": label } : attributes);
}

/** @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Colour each pixel of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {(value: number) => number[]} colour gives [red, green, blue], 0 to 255
 */
export function paint(canvas, values, colour) {
  const context = contextOf(canvas);
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

const SHADES = Array.from({ length: 256 }, (_, level) => [level, level, level]);

/**
 * Black for 0, white for 1, as MNIST is shown.
 * @param {number} value
 */
export function grey(value) {
  return SHADES[Math.round(255 * clamp(value))];
}

/**
 * The nearest value from `low` to `high`.
 * @param {number} value
 */
export function clamp(value, low = 0, high = 1) {
  return Math.min(high, Math.max(low, value));
}

/**
 * Where a pointer is in an element: parts of its width and height, inside it 0 to 1.
 * @param {PointerEvent} event
 * @param {Element} element
 */
export function placeIn(event, element) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

/** A static page carries the state of its widgets; there the address bar is ours to use. */
export function isStaticPage() {
  return Boolean(document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]'));
}

/**
 * The language of the words: that of a static page, else the one given in Python.
 * @param {"zh" | "en"} given
 */
export function languageFor(given) {
  const page = document.documentElement.lang.slice(0, 2);
  return isStaticPage() && (page === "zh" || page === "en") ? page : given;
}

/**
 * Draw when the element comes near the screen, and at every change while it is there; off screen
 * nothing is computed.
 * @param {Element} element
 * @param {() => void} draw
 */
export function whileOnScreen(element, draw) {
  let visible = false;
  let stale = true;
  let held = false;
  const update = () => {
    if (!visible || !stale || held) return;
    stale = false;
    draw();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      visible = entries[entries.length - 1].isIntersecting;
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
    /** Make several changes and draw once. @param {() => void} changes */
    together(changes) {
      held = true;
      try {
        changes();
      } finally {
        held = false;
      }
      update();
    },
    stop: () => observer.disconnect(),
  };
}

/**
 * Call f once things have been quiet for a while; `cancel` forgets a call that is waiting.
 * @param {number} milliseconds
 * @param {() => void} f
 */
export function afterPause(milliseconds, f) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    start() {
      clearTimeout(timer);
      timer = setTimeout(f, milliseconds);
    },
    cancel: () => clearTimeout(timer),
  };
}
