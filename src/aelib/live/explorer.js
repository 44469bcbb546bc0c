// The explorer's page: what is drawn, and what answers to the reader. The networks themselves are in
// network.js, the reader's drawing in drawing.js, what the latent map needs too in page.js.
import {
  addNoise, forward, fromBase64, hot, mse, noiseSample, psnr, readWeights, softmax,
} from "./network.js";
import { drawnDigit, strokesFromText, strokesToText } from "./drawing.js";
import {
  afterPause, grey, isStaticPage, languageOf, make, makeCanvas, paint, whileOnScreen,
} from "./page.js";

const PIXELS = 784;
const MOST_BARS = 128; // a code of more values is shown as a map and cannot be dragged
const SLICE = 6; // milliseconds of a frame that the strip of thumbnails may take
const QUIET = 700; // milliseconds without a change before the result is read out
const DRAWN = -1; // the number of the reader's own digit

const WORDS = {
  zh: {
    title: "自动编码器实验台",
    original: "原图",
    noisy: "含噪输入",
    reconstruction: "重建",
    error: "误差图",
    errorScale: "|原图 − 重建|",
    digits: "选一个数字",
    strip: "每格：上为原图，下为此刻的重建",
    digit: (label, i) =>
      label === undefined ? `第 ${i + 1} 个数字` : `数字 ${label}，第 ${i + 1} 个`,
    draw: "自己写",
    pad: "手写板：用鼠标、笔或手指写；键盘上，方向键移动笔尖，空格键落笔或提笔",
    padHint: "在这里写一个数字",
    undo: "撤销",
    clear: "清空",
    sample: "换一份噪声",
    sampleNumber: (seed) => `噪声样本 ${seed}`,
    code: (n) => `编码 z（${n} 个值）`,
    codeHint: "拖动任意一根，看解码器怎样作答",
    codeMap: "编码的特征图",
    codeValue: (i, n) => `编码的第 ${i} 个值，共 ${n} 个；左右键换一个，上下键改变它`,
    reset: "恢复编码",
    classes: "分类器的判断",
    classesSay: (digit, percent) => `分类器：${digit}，${percent}%`,
    noise: "噪声因子",
    size: "潜在维度",
    network: "网络",
    say: (noise, error, ratio) => `噪声因子 ${noise}，重建 MSE ${error}，PSNR ${ratio} 分贝`,
  },
  en: {
    title: "Autoencoder explorer",
    original: "Original",
    noisy: "Noisy input",
    reconstruction: "Reconstruction",
    error: "Error map",
    errorScale: "|original − reconstruction|",
    digits: "Choose a digit",
    strip: "Each tile: original above, its present reconstruction below",
    digit: (label, i) =>
      label === undefined ? `digit ${i + 1}` : `digit ${label}, number ${i + 1}`,
    draw: "Draw one",
    pad:
      "Drawing pad: mouse, pen or finger; with the keyboard, " +
      "arrow keys move the pen, space puts it down or lifts it",
    padHint: "Draw a digit here",
    undo: "Undo",
    clear: "Clear",
    sample: "New noise sample",
    sampleNumber: (seed) => `sample ${seed}`,
    code: (n) => `Code z (${n} values)`,
    codeHint: "Drag any bar and watch the decoder answer",
    codeMap: "The code's feature maps",
    codeValue: (i, n) =>
      `Code value ${i} of ${n}; left and right choose another, up and down change it`,
    reset: "Reset code",
    classes: "What the classifier says",
    classesSay: (digit, percent) => `Classifier: ${digit}, ${percent} %`,
    noise: "Noise factor",
    size: "Latent size",
    network: "Network",
    say: (noise, error, ratio) =>
      `Noise factor ${noise}, reconstruction MSE ${error}, PSNR ${ratio} decibels`,
  },
};

export default { render };

/** Draw one explorer; returns what undoes it. */
function render({ model, el }) {
  const words = WORDS[languageOf(model)];
  const networks = model.get("networks");
  const images = imagesOf(model.get("images"));
  const labels = model.get("labels");
  const stops = []; // what has to be undone at the end
  const read = new Map(); // networks whose weights have been read, by their number

  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const on = (names, f) => {
    for (const name of names) model.on(`change:${name}`, f);
    stops.push(() => names.forEach((name) => model.off(`change:${name}`, f)));
  };

  // ---------------------------------------------------------------- the parts

  const pictures = makePictures(words);
  const strip = makeStrip(words, images, labels, (digit) => set({ digit }));
  const pad = makePad(words, (drawing) => set({ drawing, digit: DRAWN }));
  const code = makeCode(words, (values) => {
    edited = values;
    stage.changed();
  });
  const classes = networks[0].classifier ? makeClasses(words) : null;
  const seedText = make("span", { class: "ae-seed" });
  const sample = make("button", { type: "button", class: "ae-button ae-sample" }, words.sample);
  sample.addEventListener("click", () => set({ seed: (model.get("seed") + 1) % 2 ** 32 }));
  const status = make("p", { class: "ae-status", role: "status", "aria-live": "polite" });

  const root = make(
    "section",
    { class: "ae-explorer", "aria-label": words.title, "data-ready": "false" },
    pictures.element,
    make("div", { class: "ae-tools" }, sample, seedText),
    strip.element,
    pad.element,
    make("div", { class: "ae-inside" }, code.element, ...(classes ? [classes.element] : [])),
    status,
  );
  el.append(root);

  // ---------------------------------------------------------------- compute and draw

  let edited = null; // the code as the reader has dragged it; null: as the encoder gives it
  let sampleOf = { seed: NaN, values: null };

  function network() {
    const choice = model.get("choice");
    if (!read.has(choice)) {
      const { layers, bits, weights, classifier: c } = networks[choice];
      const { encoder, decoder } = layers; // in the order of the text: a saved page sorts its keys
      read.set(choice, {
        ...networks[choice],
        ...readWeights({ encoder, decoder }, bits, weights),
        classifier: c && readWeights(c.layers, c.bits, c.weights).classifier,
      });
    }
    return read.get(choice);
  }

  function noise() {
    const seed = model.get("seed");
    if (sampleOf.seed !== seed) sampleOf = { seed, values: noiseSample(seed, PIXELS) };
    return sampleOf.values;
  }

  function draw() {
    const net = network();
    const factor = model.get("noise");
    const digit = model.get("digit");
    const original = images[digit] ?? drawnDigit(strokesFromText(model.get("drawing")));
    const noisy = addNoise(original, noise(), factor);
    const encoded = forward(net.encoder, { x: noisy, shape: [PIXELS] }, 1);
    const z = edited ?? encoded.x;
    const answer = forward(net.decoder, { x: z, shape: net.code }, 1).x;

    const result = { noisy: mse(noisy, original), reconstruction: mse(answer, original) };
    pictures.draw(original, noisy, answer, result);
    code.draw(z, encoded.x, net);
    if (classes) classes.draw(softmax(forward(net.classifier, { x: z, shape: net.code }, 1).x));
    pad.draw(digit === DRAWN, model.get("drawing"));
    strip.choose(digit);
    seedText.textContent = words.sampleNumber(model.get("seed"));
    Object.assign(root.dataset, {
      noise: String(Math.round(factor * 100) / 100),
      latentSize: String(z.length),
      network: String(net.name),
      digit: String(digit),
      seed: String(model.get("seed")),
      mse: String(result.reconstruction),
      ready: "true",
    });
    strip.redraw(`${model.get("choice")} ${factor} ${model.get("seed")}`, (x, count) => {
      const noisyOnes = new Float32Array(x.length);
      for (let i = 0; i < x.length; i += PIXELS) {
        noisyOnes.set(addNoise(x.subarray(i, i + PIXELS), noise(), factor), i);
      }
      const codes = forward(net.encoder, { x: noisyOnes, shape: [PIXELS] }, count);
      return forward(net.decoder, codes, count).x;
    });
    announce();
  }

  const announce = afterPause(QUIET, () => {
    const error = Number(root.dataset.mse);
    const said = [words.say(root.dataset.noise, error.toFixed(4), psnr(error).toFixed(1))];
    if (classes) said.push(classes.say());
    status.textContent = said.join(words === WORDS.zh ? "；" : "; ");
  });

  const stage = whileOnScreen(root, draw);
  on(["noise", "choice", "digit", "seed", "drawing"], () => {
    edited = null;
    stage.changed();
  });
  window.addEventListener("beforeprint", draw);
  stops.push(stage.stop, strip.stop, announce.cancel, () => {
    window.removeEventListener("beforeprint", draw);
  });
  stops.push(nameSliders(root, words, networks), keepInAddress(model, networks, images.length, set, on));

  return () => {
    stops.forEach((stop) => stop());
    root.remove();
  };
}

/** The thumbnails as pixels in [0, 1]. */
function imagesOf(text) {
  const values = Float32Array.from(fromBase64(text), (v) => v / 255);
  return Array.from({ length: values.length / PIXELS }, (_, i) =>
    values.subarray(i * PIXELS, (i + 1) * PIXELS),
  );
}

// ------------------------------------------------------------------ the four pictures

function makePictures(words) {
  const names = ["original", "noisy", "reconstruction", "error"];
  const canvas = {};
  const number = {};
  const figures = names.map((name) => {
    canvas[name] = makeCanvas(`ae-${name}`, 28, 28, words[name]);
    number[name] = make("span", { class: "ae-number" });
    const caption = make("figcaption", {}, make("span", { class: "ae-name" }, words[name]), number[name]);
    return make("figure", { class: "ae-picture" }, canvas[name], caption);
  });
  const bar = makeCanvas("ae-hot", 256, 1, `${words.errorScale}, 0–1`);
  paint(bar, Array.from({ length: 256 }, (_, i) => i / 255), hot);
  number.error.append(make("span", { class: "ae-scale" }, "0", bar, "1"));

  const measures = (error) => {
    const ratio = error ? psnr(error).toFixed(1) : "∞";
    return `MSE ${error.toFixed(4)}\nPSNR ${ratio} dB`;
  };
  return {
    element: make("div", { class: "ae-pictures" }, ...figures),
    draw(original, noisy, reconstruction, result) {
      paint(canvas.original, original, grey);
      paint(canvas.noisy, noisy, grey);
      paint(canvas.reconstruction, reconstruction, grey);
      paint(canvas.error, original.map((v, i) => Math.abs(v - reconstruction[i])), hot);
      number.noisy.textContent = measures(result.noisy);
      number.reconstruction.textContent = measures(result.reconstruction);
    },
  };
}

// ------------------------------------------------------------------ the digits to choose from

/** The thumbnails, each with its reconstruction, and a last one for the reader's own digit. */
function makeStrip(words, images, labels, choose) {
  const canvases = images.map(() => makeCanvas("ae-thumbnail-reconstruction", 28, 28));
  const radio = (i, name, ...children) => {
    const attributes = { type: "button", role: "radio", class: "ae-thumbnail", "aria-label": name };
    const button = make("button", { ...attributes, "aria-checked": "false", tabindex: -1 }, ...children);
    button.addEventListener("click", () => choose(i));
    return button;
  };
  const radios = images.map((image, i) => {
    const thumbnail = makeCanvas("ae-thumbnail-original", 28, 28);
    paint(thumbnail, image, grey);
    return radio(i, words.digit(labels[i], i), thumbnail, canvases[i]);
  });
  const pencil = make("span", { class: "ae-pencil", "aria-hidden": "true" }, "✎");
  radios.push(radio(DRAWN, words.draw, pencil, words.draw));
  const numberOf = (place) => (place === images.length ? DRAWN : place);

  const group = make("div", { class: "ae-digits", role: "radiogroup", "aria-label": words.digits }, ...radios);
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = (radios.indexOf(document.activeElement) + step + radios.length) % radios.length;
    radios[place].focus();
    choose(numberOf(place));
  });

  let drawnFor = ""; // the settings that the reconstructions show
  let frame = 0;
  const element = make("div", { class: "ae-strip" }, group, make("p", { class: "ae-hint" }, words.strip));
  return {
    element,
    choose(digit) {
      radios.forEach((button, place) => {
        const chosen = numberOf(place) === digit;
        button.setAttribute("aria-checked", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
      });
    },
    /** Reconstruct all thumbnails, some in each frame, so that the large picture never waits. */
    redraw(settings, reconstruct) {
      if (settings === drawnFor) return;
      drawnFor = settings;
      element.dataset.ready = "false";
      cancelAnimationFrame(frame);
      let next = 0;
      const some = () => {
        const begin = performance.now();
        while (next < images.length && performance.now() - begin < SLICE) {
          const few = images.slice(next, next + 4);
          const x = new Float32Array(few.length * PIXELS);
          few.forEach((image, i) => x.set(image, i * PIXELS));
          const y = reconstruct(x, few.length);
          few.forEach((_, i) => paint(canvases[next + i], y.subarray(i * PIXELS, (i + 1) * PIXELS), grey));
          next += few.length;
        }
        if (next < images.length) frame = requestAnimationFrame(some);
        else element.dataset.ready = "true";
      };
      frame = requestAnimationFrame(some);
    },
    stop: () => cancelAnimationFrame(frame),
  };
}

// ------------------------------------------------------------------ the reader's own digit

const PAD = 224; // pixels of the pad's side
const NEAR = 0.012; // points nearer than this to the last one are not kept

function makePad(words, changed) {
  const canvas = make("canvas", {
    class: "ae-pad", width: PAD, height: PAD, tabindex: 0, role: "application", "aria-label": words.pad,
  });
  const undo = make("button", { type: "button", class: "ae-button ae-undo" }, words.undo);
  const clear = make("button", { type: "button", class: "ae-button ae-clear" }, words.clear);
  const element = make(
    "div",
    { class: "ae-drawing", hidden: "" },
    canvas,
    make("div", { class: "ae-drawing-side" }, make("p", { class: "ae-hint" }, words.padHint), undo, clear),
  );

  let strokes = [];
  let pen = [0.5, 0.25]; // the pen of those who write with the keyboard
  let down = false; // whether a stroke is being drawn
  const tell = () => changed(strokesToText(strokes));
  const add = (point) => {
    const stroke = strokes.at(-1);
    const [x, y] = stroke.at(-1) ?? [NaN, NaN];
    if (Math.hypot(point[0] - x, point[1] - y) < NEAR) return;
    stroke.push(point);
    tell();
  };
  const begin = (point) => {
    strokes = [...strokes, []];
    down = true;
    add(point);
  };
  const unit = (v) => Math.min(1, Math.max(0, v));
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [unit((event.clientX - box.left) / box.width), unit((event.clientY - box.top) / box.height)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down || !canvas.hasPointerCapture(event.pointerId)) return;
    const events = event.getCoalescedEvents?.() ?? [];
    (events.length ? events : [event]).forEach((e) => add(at(e)));
  });
  const lift = () => {
    down = false;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("blur", lift);
  canvas.addEventListener("focus", () => draw());
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (!step) {
      if (down) lift();
      else begin(pen);
    } else {
      pen = [unit(pen[0] + step[0] / 28), unit(pen[1] + step[1] / 28)];
      if (down) add(pen);
    }
    draw();
  });
  undo.addEventListener("click", () => {
    strokes = strokes.slice(0, -1);
    tell();
  });
  clear.addEventListener("click", () => {
    strokes = [];
    tell();
  });

  function draw() {
    const context = canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, PAD, PAD);
    Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth: PAD / 14, strokeStyle: "#fff" });
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * PAD, stroke[0][1] * PAD);
      for (const [x, y] of stroke) context.lineTo(x * PAD, y * PAD);
      context.stroke();
    }
    if (canvas.matches(":focus-visible")) {
      context.beginPath();
      context.arc(pen[0] * PAD, pen[1] * PAD, 6, 0, 2 * Math.PI);
      Object.assign(context, { lineWidth: 3, strokeStyle: down ? "#ff8c3a" : "#7db9ff" });
      context.stroke();
    }
  }

  return {
    element,
    draw(shown, text) {
      element.hidden = !shown;
      if (strokesToText(strokes) !== text) strokes = strokesFromText(text); // from the address, or Python
      undo.disabled = clear.disabled = !strokes.length;
      if (shown) draw();
    },
  };
}

// ------------------------------------------------------------------ the code

/** The code as bars that can be dragged; a code of many values, or of maps, as a picture. */
function makeCode(words, changed) {
  const bars = make("path", { class: "ae-bars" });
  const ghost = make("path", { class: "ae-ghost" });
  const selected = make("path", { class: "ae-selected" });
  const chart = make(
    "svg",
    {
      class: "ae-chart",
      viewBox: "0 0 100 100",
      preserveAspectRatio: "none",
      role: "slider",
      tabindex: 0,
      "aria-orientation": "vertical",
    },
    ghost, bars, selected,
  );
  const map = makeCanvas("ae-code-map", 1, 1, words.codeMap);
  map.hidden = true;
  const title = make("span", { class: "ae-title" });
  const readout = make("span", { class: "ae-readout" });
  const reset = make("button", { type: "button", class: "ae-button ae-reset", hidden: "" }, words.reset);
  const hint = make("p", { class: "ae-hint" }, words.codeHint);
  const element = make(
    "div",
    { class: "ae-code" },
    make("div", { class: "ae-head" }, title, readout, reset),
    chart, map, hint,
  );

  let values = new Float32Array(1);
  let low = 0, high = 1;
  let index = 0;
  const change = (value) => {
    values = values.slice();
    values[index] = Math.min(high, Math.max(low, value));
    changed(values);
  };

  chart.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    chart.focus({ preventScroll: true });
    chart.setPointerCapture(event.pointerId);
    const box = chart.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * values.length);
    index = Math.min(values.length - 1, Math.max(0, place));
    drag(event);
  });
  const drag = (event) => {
    if (!chart.hasPointerCapture(event.pointerId)) return;
    const box = chart.getBoundingClientRect();
    change(high - ((event.clientY - box.top) / box.height) * (high - low));
  };
  chart.addEventListener("pointermove", drag);
  chart.addEventListener("keydown", (event) => {
    const go = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (!go && !step) return;
    event.preventDefault();
    if (go) {
      index = (index + go + values.length) % values.length;
      show();
    } else {
      change(values[index] + (step * (high - low)) / 40);
    }
  });
  reset.addEventListener("click", () => {
    changed(null);
    chart.focus({ preventScroll: true });
  });

  const y = (value) => 100 * (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low));
  const bar = (value, i) => {
    const width = 100 / values.length;
    const top = Math.min(y(value), y(0)), bottom = Math.max(y(value), y(0));
    const [a, b] = [i * width + 0.12 * width, (i + 1) * width - 0.12 * width];
    return `M${a} ${bottom + 0.5}V${top - 0.5}H${b}V${bottom + 0.5}Z`;
  };
  const show = () => {
    index = Math.min(index, values.length - 1);
    bars.setAttribute("d", [...values].map(bar).join(""));
    selected.setAttribute("d", bar(values[index], index));
    readout.textContent = `z${subscript(index + 1)} = ${values[index].toFixed(2).replace("-", "−")}`;
    chart.setAttribute("aria-label", words.codeValue(index + 1, values.length));
    chart.setAttribute("aria-valuenow", values[index].toFixed(3));
    chart.setAttribute("aria-valuetext", values[index].toFixed(2));
  };

  return {
    element,
    draw(z, encoded, { code: shape, range }) {
      const asBars = z.length <= MOST_BARS;
      chart.style.display = asBars ? "" : "none";
      map.hidden = asBars;
      readout.hidden = hint.hidden = !asBars;
      reset.hidden = z === encoded;
      title.textContent = words.code(shape.length > 1 ? shape.join(" × ") : z.length);
      if (!asBars) {
        paintMaps(map, z, shape, range);
        return;
      }
      values = z;
      const room = 0.15 * (range[1] - range[0]) + 1e-6;
      [low, high] = [Math.min(0, range[0] < 0 ? range[0] - room : 0), Math.max(0, range[1] + room)];
      chart.setAttribute("aria-valuemin", low.toFixed(3));
      chart.setAttribute("aria-valuemax", high.toFixed(3));
      ghost.setAttribute("d", z === encoded ? "" : [...encoded].map(bar).join(""));
      show();
    },
  };
}

function subscript(n) {
  return String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
}

/** All maps of a spatial code side by side, black–blue–white between the ends of its range. */
function paintMaps(canvas, z, shape, [low, high]) {
  const [channels, h, w] = shape.length === 3 ? shape : [1, Math.ceil(z.length / 32), 32];
  const columns = Math.min(channels, 8 * Math.ceil(Math.sqrt(channels / 32)));
  const rows = Math.ceil(channels / columns);
  canvas.width = columns * (w + 1) - 1;
  canvas.height = rows * (h + 1) - 1;
  const context = canvas.getContext("2d");
  for (let c = 0; c < channels; c++) {
    const tile = context.createImageData(w, h);
    for (let i = 0; i < h * w && c * h * w + i < z.length; i++) {
      const [r, g, b] = hot((z[c * h * w + i] - low) / (high - low || 1));
      tile.data.set([b, g, r, 255], 4 * i);
    }
    context.putImageData(tile, (c % columns) * (w + 1), Math.floor(c / columns) * (h + 1));
  }
}

// ------------------------------------------------------------------ the classifier

function makeClasses(words) {
  const list = make("ol", { class: "ae-probabilities" });
  const title = make("span", { class: "ae-title" }, words.classes);
  const element = make("div", { class: "ae-classes" }, make("div", { class: "ae-head" }, title), list);
  let best = [0, 0];
  return {
    element,
    say: () => words.classesSay(best[0], Math.round(100 * best[1])),
    draw(probabilities) {
      if (list.children.length !== probabilities.length) {
        const item = (_, digit) =>
          make(
            "li",
            {},
            make("span", { class: "ae-percent" }),
            make("span", { class: "ae-column" }, make("span")),
            make("b", {}, String(digit)),
          );
        list.replaceChildren(...probabilities.map(item));
      }
      best = [0, -1];
      probabilities.forEach((p, digit) => {
        if (p > best[1]) best = [digit, p];
        const [percent, column] = list.children[digit].children;
        percent.textContent = `${Math.round(100 * p)}%`;
        column.firstChild.style.height = `${100 * p}%`;
      });
      [...list.children].forEach((item, digit) => item.classList.toggle("ae-best", digit === best[0]));
      list.dataset.best = String(best[0]);
    },
  };
}

// ------------------------------------------------------------------ sliders and address bar

/**
 * The sliders are ipywidgets beside our element: give their handles a name for those who do not see
 * them, their labels the page's language, and the buttons that choose a network a pressed state.
 */
function nameSliders(root, words, networks) {
  const named = typeof networks[0].name === "string";
  const names = [words.noise, named ? words.network : words.size];
  const give = (element, attribute, value) => {
    if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  };
  const name = (sliders) => {
    [...sliders.children].forEach((control, i) => {
      const label = control.querySelector(".widget-label");
      if (label && label.textContent !== names[i]) label.textContent = names[i];
      for (const handle of control.querySelectorAll('[role="slider"]')) give(handle, "aria-label", names[i]);
      const buttons = control.querySelectorAll(".widget-toggle-button");
      for (const button of buttons) {
        give(button, "aria-pressed", String(button.classList.contains("mod-active")));
        give(button.parentElement, "role", "group");
        give(button.parentElement, "aria-label", names[i]);
      }
    });
  };
  let sliders = null; // the widget manager may put them on the page after us
  const changes = { childList: true, subtree: true };
  const observer = new MutationObserver(() => {
    if (!sliders && (sliders = root.closest(".ae-live")?.querySelector(".ae-sliders"))) {
      observer.disconnect(); // from now on only what changes in them
      observer.observe(sliders, { ...changes, attributeFilter: ["class"] });
    }
    if (sliders) name(sliders);
  });
  observer.observe(document.body, changes);
  return () => observer.disconnect();
}

/**
 * Keep the state in the page's address, and take it from there:
 * #ae1=digit:3,noise:0.25,latent:16,seed:7&ae2=… ; several explorers each have their own part.
 */
function keepInAddress(model, networks, count, set, on) {
  if (!isStaticPage()) return () => {};
  const name = model.get("name");

  const take = () => {
    const part = partsOf(location.hash).get(name);
    if (part !== undefined) set(stateFromText(part, networks, count));
  };
  const write = afterPause(300, () => {
    const parts = partsOf(location.hash);
    parts.set(name, stateToText(model, networks));
    const hash = [...parts].map(([key, value]) => `${key}=${value}`).join("&");
    history.replaceState(history.state, "", `#${hash}`);
  });

  take();
  on(["noise", "choice", "digit", "seed", "drawing"], write);
  window.addEventListener("hashchange", take);
  return () => {
    write.cancel();
    window.removeEventListener("hashchange", take);
  };
}

/** The explorers' parts of an address; an anchor of the page is not one. */
function partsOf(hash) {
  const pairs = hash.slice(1).split("&").map((part) => part.split("="));
  return new Map(pairs.filter(([key, value]) => /^ae\d+$/.test(key) && value));
}

export function stateToText(model, networks) {
  const { name } = networks[model.get("choice")];
  const fields = [
    ["digit", model.get("digit")],
    ["noise", Math.round(model.get("noise") * 100) / 100],
    ["latent", encodeURIComponent(name)],
    ["seed", model.get("seed")],
  ];
  if (model.get("digit") === DRAWN) fields.push(["drawing", model.get("drawing")]);
  return fields.map((pair) => pair.join(":")).join(",");
}

/** What cannot be read in a text, or is out of range, is left as it is. */
export function stateFromText(text, networks, count) {
  const fields = new Map(text.split(",").map((field) => field.split(":")));
  const state = {};
  const number = (name, low, high) => {
    const value = Number(fields.get(name) || NaN);
    if (value >= low && value <= high) state[name] = name === "noise" ? value : Math.floor(value);
  };
  number("noise", 0, 1);
  number("digit", DRAWN, count - 1);
  number("seed", 0, 2 ** 32 - 1);
  const choice = networks.findIndex(({ name }) => encodeURIComponent(name) === fields.get("latent"));
  if (choice >= 0) state.choice = choice;
  if (/^[\w.-]*$/.test(fields.get("drawing") ?? "?")) state.drawing = fields.get("drawing");
  return state;
}
