// A digit drawn by hand, brought to MNIST's form. Pure functions, like those of network.js.
//
// A drawing is a list of strokes, a stroke a list of points [x, y] in the unit square. Since the
// strokes are kept, not their pixels, the pen has the same width in the digit however large or
// small it was drawn.

import { PIXELS, SIDE } from "./pixels.js";

/** @typedef {[number, number]} Point */
/** @typedef {Point[]} Stroke */

export const MOST_POINTS = 2000; // of a drawing; a digit has some hundred
const BOX = 20; // pixels of the box that holds the digit
const CENTRE = 14; // MNIST's centre of mass, a pixel counted from 0
const PEN = 1.35; // half the width of MNIST's strokes, in pixels
const REACH = PEN + 0.5; // pixels from the middle of a stroke to where there is no ink
const SMALLEST = 0.25; // a drawing below a quarter of the pad is not enlarged any further

/**
 * Fit strokes into a 20 × 20 box and put their centre of mass where MNIST has it in 28 × 28 pixels;
 * so the digits of MNIST were made (http://yann.lecun.com/exdb/mnist/).
 * @param {Stroke[]} strokes
 * @returns {Float32Array} 784 pixels in [0, 1], all 0 without strokes
 */
export function drawnDigit(strokes) {
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (const [x, y] of strokes.flat()) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const scale = (BOX - 2 * PEN) / Math.max(right - left, bottom - top, SMALLEST);
  const place = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    strokes.map((stroke) =>
      stroke.map(([x, y]) => /** @type {Point} */ ([
        (x - (left + right) / 2) * scale + dx,
        (y - (top + bottom) / 2) * scale + dy,
      ])),
    );
  const [cx, cy] = centreOfMass(rasterise(place(CENTRE, CENTRE)));
  return rasterise(place(2 * CENTRE - cx, 2 * CENTRE - cy));
}

/**
 * Where the weight of an image lies, in pixels.
 * @param {Float32Array} image
 */
function centreOfMass(image) {
  let total = 0, x = 0, y = 0;
  image.forEach((v, i) => {
    total += v;
    x += v * (i % SIDE);
    y += v * Math.floor(i / SIDE);
  });
  return [x / total, y / total];
}

/**
 * Ink for strokes in pixels: 1 near the line, falling to 0 over one pixel.
 * @param {Stroke[]} strokes
 */
function rasterise(strokes) {
  const image = new Float32Array(PIXELS);
  for (const stroke of strokes) {
    stroke.forEach(([bx, by], i) => {
      const [ax, ay] = stroke[Math.max(0, i - 1)];
      const [left, right] = touched(ax, bx);
      const [top, bottom] = touched(ay, by);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const ink = Math.min(1, Math.max(0, REACH - distance(x, y, ax, ay, bx, by)));
          image[y * SIDE + x] = Math.max(image[y * SIDE + x], ink);
        }
      }
    });
  }
  return image;
}

/** The first pixel, and one after the last, with ink of a line from a to b along one axis.
 * @type {(a: number, b: number) => [number, number]} */
function touched(a, b) {
  return [
    Math.max(0, Math.ceil(Math.min(a, b) - REACH)),
    Math.min(SIDE, Math.ceil(Math.max(a, b) + REACH)),
  ];
}

/** Distance of a point (x, y) from the segment a–b. @type {(...coordinates: number[]) => number} */
function distance(x, y, ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

// A drawing as text, for the address bar: nine bits a coordinate, three characters a point, strokes
// parted by full stops.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const GRID = 511;

/** @param {Stroke[]} strokes @returns {string} */
export function strokesToText(strokes) {
  const write = (/** @type {Point} */ [x, y]) => {
    const n = Math.round(x * GRID) * 512 + Math.round(y * GRID);
    return ALPHABET[n >> 12] + ALPHABET[(n >> 6) & 63] + ALPHABET[n & 63];
  };
  return strokes.map((stroke) => stroke.map(write).join("")).join(".");
}

/**
 * @param {string} text may come from anybody's link
 * @returns {Stroke[]} what cannot be read, and what is beyond MOST_POINTS, is left out
 */
export function strokesFromText(text) {
  /** @type {(three: string) => Point} */
  const read = (three) => {
    const n = [...three].reduce((sum, c) => sum * 64 + ALPHABET.indexOf(c), 0);
    return [(n >> 9) / GRID, (n & 511) / GRID];
  };
  let room = MOST_POINTS;
  const strokes = [];
  for (const part of text.slice(0, 4 * MOST_POINTS).split(".")) {
    const stroke = (part.match(/[\w-]{3}/g) ?? []).slice(0, room).map(read);
    room -= stroke.length;
    if (stroke.length) strokes.push(stroke);
  }
  return strokes;
}
