// A page for a widget in Node: the document of happy-dom, and what a browser adds to it. What is on
// screen, how large it is and when a frame comes is said by the test.

/** A model as anywidget gives it, without a kernel. */
class Model {
  handlers = [];
  saved = 0;

  constructor(state) {
    this.state = { ...state };
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    for (const [event, f] of [...this.handlers]) if (event === `change:${name}`) f();
  }

  save_changes() {
    this.saved += 1;
  }

  on(event, f) {
    this.handlers.push([event, f]);
  }

  off(event, f) {
    this.handlers = this.handlers.filter(([e, g]) => e !== event || g !== f);
  }
}

/** The context of a canvas: keeps the last image, how many there were, and the dots. */
class Context {
  images = 0;
  dots = [];

  createImageData(width, height) {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData(image) {
    this.image = image;
    this.images += 1;
  }

  arc(x, y) {
    this.dots.push([x, y, this.fillStyle]);
  }

  fillRect() {}
  clearRect() {}
  beginPath() {}
  moveTo() {}
  lineTo() {}
  stroke() {}
  fill() {}
}

/** An observer of the browser's that calls back when the test says so. */
function observer(list) {
  return class {
    constructor(f) {
      this.f = f;
    }

    observe(element) {
      list.push({ element, observer: this });
    }

    disconnect() {
      const others = list.filter(({ observer: other }) => other !== this);
      list.splice(0, list.length, ...others);
    }
  };
}

export class Page {
  intersections = [];
  sizes = [];
  frames = new Map();

  constructor(Window, { hash = "", language = "zh", kernel = false }) {
    this.window = new Window({ url: `https://book.example/page.html${hash}` });
    const { document } = this.window;
    document.documentElement.lang = language;
    if (!kernel) {
      document.body.innerHTML = '<script type="application/vnd.jupyter.widget-state+json"></script>';
    }
    let frame = 0;
    const contexts = new Map();
    this.window.HTMLCanvasElement.prototype.getContext = function () {
      if (!contexts.has(this)) contexts.set(this, new Context());
      return contexts.get(this);
    };
    this.window.Element.prototype.getBoundingClientRect = () =>
      ({ left: 0, top: 0, width: 100, height: 100 });
    Object.assign(globalThis, {
      window: this.window,
      document,
      location: this.window.location,
      history: this.window.history,
      MutationObserver: this.window.MutationObserver,
      IntersectionObserver: observer(this.intersections),
      ResizeObserver: observer(this.sizes),
      requestAnimationFrame: (f) => (this.frames.set(++frame, f), frame),
      cancelAnimationFrame: (number) => this.frames.delete(number),
    });
  }

  /** Render a widget beside the sliders that it may have. */
  open(widget, state, sliders = "") {
    const { body } = document;
    body.insertAdjacentHTML("beforeend", `<div class="ae-live">${sliders}<div></div></div>`);
    this.model = new Model(state);
    this.stop = widget.render({ model: this.model, el: body.lastElementChild.lastElementChild });
    this.root = body.querySelector(".ae-explorer, .ae-latent-map");
  }

  /** Bring everything on the screen, or away from it. */
  show(isIntersecting = true) {
    for (const { observer: { f } } of [...this.intersections]) f([{ isIntersecting }]);
  }

  /** Lay the page out. */
  layOut() {
    for (const { observer: { f } } of [...this.sizes]) f();
  }

  /** Run what waits for a frame; whether there was anything. */
  frame() {
    const waiting = [...this.frames.values()];
    this.frames.clear();
    for (const f of waiting) f();
    return waiting.length > 0;
  }

  find(selector) {
    return document.querySelector(selector);
  }

  context(selector) {
    return this.find(selector).getContext("2d");
  }

  /** How many pictures have been drawn so far. */
  get pictures() {
    return this.context(".ae-reconstruction").images;
  }

  /** A pointer's event at parts of an element's width and height; more points: in one event. */
  pointer(selector, type, ...points) {
    const event = (point) =>
      new this.window.PointerEvent(type, {
        bubbles: true, pointerId: 1, button: 0, clientX: 100 * point[0], clientY: 100 * point[1],
      });
    const last = event(points.at(-1));
    last.getCoalescedEvents = () => points.map(event);
    this.find(selector).dispatchEvent(last);
  }

  click(selector) {
    this.find(selector).click();
  }

  key(selector, key) {
    const event = new this.window.KeyboardEvent("keydown", { key, bubbles: true });
    this.find(selector).dispatchEvent(event);
  }

  /** Follow a link within the page. */
  go(hash) {
    history.replaceState(null, "", hash);
    this.tell("hashchange");
  }

  tell(name) {
    this.window.dispatchEvent(new this.window.Event(name));
  }

  /** Wait for what happens by itself. */
  wait(milliseconds) {
    return new Promise((done) => setTimeout(done, milliseconds));
  }
}
