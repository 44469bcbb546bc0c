// The four pictures: original, noisy input, reconstruction, and where the two ends differ.
import { hot, psnr } from "./network.js";
import { grey, make, makeCanvas, paint } from "./page.js";
import { SIDE } from "./pixels.js";

/** @import { Words } from "./words.js" */

/** @param {Words} words */
export function makePictures(words) {
  /** @param {"original" | "noisy" | "reconstruction" | "error"} name */
  const picture = (name) => {
    const canvas = makeCanvas(`ae-${name}`, SIDE, SIDE, words[name]);
    const number = make("span", { class: "ae-number" });
    const title = make("span", { class: "ae-name" }, words[name]);
    const caption = make("figcaption", {}, title, number);
    return { canvas, number, figure: make("figure", { class: "ae-picture" }, canvas, caption) };
  };
  const original = picture("original");
  const noisy = picture("noisy");
  const reconstruction = picture("reconstruction");
  const error = picture("error");

  const bar = makeCanvas("ae-hot", 256, 1, `${words.errorScale}, 0–1`);
  paint(bar, Array.from({ length: 256 }, (_, i) => i / 255), hot);
  error.number.append(make("span", { class: "ae-scale" }, "0", bar, "1"));

  const figures = [original, noisy, reconstruction, error].map(({ figure }) => figure);
  return {
    element: make("div", { class: "ae-pictures" }, ...figures),
    /**
     * @param {{original: Float32Array, noisy: Float32Array, reconstruction: Float32Array}} images
     * @param {{noisy: number, reconstruction: number}} errors mean squared, from the original
     */
    draw(images, errors) {
      paint(original.canvas, images.original, grey);
      paint(noisy.canvas, images.noisy, grey);
      paint(reconstruction.canvas, images.reconstruction, grey);
      const difference = images.original.map((v, i) => Math.abs(v - images.reconstruction[i]));
      paint(error.canvas, difference, hot);
      noisy.number.textContent = measures(errors.noisy);
      reconstruction.number.textContent = measures(errors.reconstruction);
    },
  };
}

/** @param {number} error mean squared */
function measures(error) {
  const ratio = error ? psnr(error).toFixed(1) : "∞";
  return `MSE ${error.toFixed(4)}\nPSNR ${ratio} dB`;
}
