// Layers that enlarge an image, with their gradients.

/** @import { Signal, Step, Tools } from "./train_network.js" */
/** @import { Pair } from "./train_windows.js" */

/** @type {Record<string, (layer: any, x: Signal, tools: Tools) => Step>} */
export const UPSAMPLE = {
  "nearest upsample": (layer, x, tools) => upsample(layer.size, nearest, x, tools),
  "bilinear upsample": (layer, x, tools) =>
    upsample(layer.size, layer.corners ? betweenCorners : between, x, tools),
};

/** @typedef {(i: number, size: number, target: number) => number} Place where pixel i looks */
/** @type {Place} */
const nearest = (i, size, target) => Math.min(Math.floor((i * size) / target), size - 1);
/** @type {Place} */
const between = (i, size, target) => Math.max(0, ((i + 0.5) * size) / target - 0.5);
/** @type {Place} */
const betweenCorners = (i, size, target) => (target > 1 ? (i * (size - 1)) / (target - 1) : 0);

/** @type {(size: Pair, place: Place, x: Signal, tools: Tools) => Step} */
function upsample(size, place, x, tools) {
  const { kernels } = tools;
  const [C, ...from] = x.shape;
  const y = tools.signal([C, ...size]);
  const tables = size.map((n) => tools.take(3 * n));
  let written = false;
  const write = () => {
    tables.forEach(({ values }, side) => {
      const whole = new Int32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < size[side]; i++) {
        const at = place(i, from[side], size[side]);
        const low = Math.min(Math.floor(at), from[side] - 1);
        whole[3 * i] = low;
        whole[3 * i + 1] = Math.min(low + 1, from[side] - 1);
        values[3 * i + 2] = at - low;
      }
    });
    written = true;
  };
  const [rows, columns] = tables;
  /** @type {(image: number, planes: number, to: number, back: number) => void} */
  const run = (image, planes, to, back) =>
    void kernels.resample(image, planes, from[0], from[1], rows.at, columns.at, ...size, to, back);
  return {
    y,
    forward(n) {
      if (!written) write();
      run(x.at, n * C, y.at, 0);
    },
    backward(n) {
      if (!x.gradient) return;
      x.gradient.values.fill(0, 0, n * x.size);
      run(x.gradient.at, n * C, y.gradient.at, 1);
    },
  };
}
