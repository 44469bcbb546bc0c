// The explorer: what the networks answer to the present settings, drawn in its parts. Each part is a
// file; the networks themselves are in network.js.
import { makeTexts } from "./apart.js";
import { keepInAddress } from "./explorer_address.js";
import { makeClasses } from "./classes.js";
import { makeCode } from "./code.js";
import { drawnDigit, strokesFromText } from "./drawing.js";
import { makeLent } from "./lent.js";
import { addNoise, forward, mse, noiseSample, psnr, SEEDS, softmax } from "./network.js";
import { imagesOf, networksOf } from "./packed.js";
import { makePad } from "./pad.js";
import { afterPause, languageFor, make, whileOnScreen } from "./page.js";
import { makePictures } from "./pictures.js";
import { PIXELS } from "./pixels.js";
import { nameSliders } from "./sliders.js";
import { areDigits, DRAWN, makeStrip } from "./strip.js";
import { WAITING } from "./waiting.js";
import { WORDS } from "./words.js";

/** @import { Settings } from "./explorer_address.js" */
/** @import { Packed } from "./packed.js" */
/** @import { Model } from "./page.js" */

/**
 * @typedef {Settings & {
 *   name: string,
 *   language: "zh" | "en",
 *   networks: Packed[],
 *   images: string,
 *   labels: (number | string)[],
 *   noise_label: string,
 *   choice_label: string,
 * }} State
 */

const QUIET = 700; // milliseconds without a change before the result is read out

/** @type {("noise" | "choice" | "digit" | "seed" | "drawing")[]} */
const SETTINGS = ["noise", "choice", "digit", "seed", "drawing"];

export default { render };

/**
 * Draw one explorer.
 * @param {{model: Model<State>, el: HTMLElement}} widget
 * @returns {() => void} undoes it
 */
function render({ model, el }) {
  const language = languageFor(model.get("language"));
  const words = { ...WORDS[language], ...WAITING[language] };
  const networks = model.get("networks");
  const images = imagesOf(model.get("images"));
  const networkOf = networksOf(networks, makeTexts(() => stage.changed(), (address) => {
    waiting.textContent = words.unreachable(address);
  }));
  /** @type {Float32Array | null} */
  let edited = null; // the code as the reader has dragged it; null: as the encoder gives it
  let sample = { seed: NaN, values: new Float32Array(PIXELS) };

  /** @param {Partial<Settings>} changes */
  const set = (changes) => {
    stage.together(() => {
      for (const name of SETTINGS) {
        const value = changes[name];
        if (value !== undefined) model.set(name, value);
      }
    });
    model.save_changes();
  };
  const settings = () =>
    /** @type {Settings} */ (Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])));

  // ---------------------------------------------------------------- the parts

  const pictures = makePictures(words);
  const labels = model.get("labels");
  const strip = makeStrip(words, images, labels, (digit) => set({ digit }));
  const padHint = words.padHint(areDigits(labels));
  const pad = makePad({ ...words, padHint }, (drawing) => set({ drawing, digit: DRAWN }));
  const code = makeCode(words, (values) => {
    edited = values;
    stage.changed();
  });
  const classifier = networks[0].classifier;
  const classes = classifier ? makeClasses(words, classifier.names) : null;
  const lent = makeLent(words, () => changed());
  const seedText = make("span", { class: "ae-seed" });
  const another = make("button", { type: "button", class: "ae-button ae-sample" }, words.sample);
  another.addEventListener("click", () => set({ seed: (model.get("seed") + 1) % SEEDS }));
  const status = make("p", { class: "ae-status", role: "status", "aria-live": "polite" });
  const waiting = make("p", { class: "ae-waiting", role: "status" });
  const root = make(
    "section",
    { class: "ae-explorer", "aria-label": words.title, "data-ready": "false" },
    pictures.element,
    waiting,
    lent.element,
    make("div", { class: "ae-tools" }, another, seedText),
    strip.element,
    pad.element,
    make("div", { class: "ae-inside" }, code.element, ...(classes ? [classes.element] : [])),
    status,
  );

  // ---------------------------------------------------------------- compute and draw

  /** @param {number} seed */
  function noiseOf(seed) {
    if (sample.seed !== seed) sample = { seed, values: noiseSample(seed, PIXELS) };
    return sample.values;
  }

  function draw() {
    const { noise: factor, choice, digit, seed, drawing } = settings();
    waiting.textContent = words.waiting;
    const network = lent.network() ?? networkOf(choice);
    if (!network) return;
    waiting.textContent = "";
    const noise = noiseOf(seed);
    const original = images[digit] ?? drawnDigit(strokesFromText(drawing));
    const noisy = addNoise(original, noise, factor);
    const encoded = forward(network.encoder, { x: noisy, shape: [PIXELS] }, 1);
    const z = { x: edited ?? encoded.x, shape: network.code };
    const reconstruction = forward(network.decoder, z, 1).x;
    const errors = { noisy: mse(noisy, original), reconstruction: mse(reconstruction, original) };

    pictures.draw({ original, noisy, reconstruction }, errors);
    code.draw(z.x, encoded.x, network);
    if (classes) classes.element.hidden = !network.classifier.length;
    if (network.classifier.length) classes?.draw(softmax(forward(network.classifier, z, 1).x));
    pad.draw(digit === DRAWN, drawing);
    strip.choose(digit);
    strip.redraw(`${lent.number()} ${choice} ${factor} ${seed}`, (x, count) => {
      const noisyOnes = new Float32Array(x.length);
      for (let i = 0; i < x.length; i += PIXELS) {
        noisyOnes.set(addNoise(x.subarray(i, i + PIXELS), noise, factor), i);
      }
      const codes = forward(network.encoder, { x: noisyOnes, shape: [PIXELS] }, count);
      return forward(network.decoder, codes, count).x;
    });
    seedText.textContent = words.sampleNumber(seed);
    Object.assign(root.dataset, {
      noise: String(Math.round(factor * 100) / 100),
      latentSize: String(z.x.length),
      network: String(network.name),
      digit: String(digit),
      seed: String(seed),
      mse: String(errors.reconstruction),
      ready: "true",
    });
    const ratio = psnr(errors.reconstruction).toFixed(1);
    result = words.say(root.dataset.noise ?? "", errors.reconstruction.toFixed(4), ratio);
    announce.start();
  }

  let result = "";
  const announce = afterPause(QUIET, () => {
    const more = classes && !classes.element.hidden ? [classes.say()] : [];
    status.textContent = [result, ...more].join(words.pause);
  });

  const stage = whileOnScreen(root, draw);
  const address = keepInAddress(model.get("name"), networks, images.length, settings, set);
  const changed = () => {
    edited = null;
    address.changed();
    stage.changed();
  };
  for (const name of SETTINGS) model.on(`change:${name}`, changed);
  model.on("change:choice", lent.giveBack);
  window.addEventListener("beforeprint", draw);
  const unname = nameSliders(root);

  // the sliders' labels: jslink carries them there, as it does the settings
  model.set("noise_label", words.noise);
  model.set("choice_label", typeof networks[0].name === "string" ? words.network : words.size);
  model.save_changes();
  el.append(root); // the last step: what is on the page is whole

  return () => {
    for (const name of SETTINGS) model.off(`change:${name}`, changed);
    model.off("change:choice", lent.giveBack);
    window.removeEventListener("beforeprint", draw);
    for (const stop of [address.stop, stage.stop, strip.stop, lent.stop, announce.cancel, unname]) stop();
    root.remove();
  };
}
