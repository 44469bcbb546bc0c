// A digit drawn by hand, brought to MNIST's form. Pure functions, like those of network.js.
//
// A drawing is a list of strokes, a stroke a list of points [x, y] in the unit square. Since the
// strokes are kept, not their pixels, the pen has the same width in the digit however large or
// small it was drawn.

/** @typedef {[number, number][]} Stroke */

const SIDE = 28; // pixels of an MNIST image
const BOX = 20; // pixels of the box that holds the digit
const CENTRE = 14.5; // MNIST's centre of mass: the middle of pixel 14, counted from 0
const PEN = 1.35; // half the width of MNIST's strokes, in pixels
const SMALLEST = 0.25; // a drawing below a quarter of the pad is not enlarged any further

/**
 * Fit strokes into a 20 × 20 box and put their centre of mass where MNIST has it in 28 × 28 pixels;
 * so the digits of MNIST were made (http://yann.lecun.com/exdb/mnist/).
 * @param {Stroke[]} strokes
 * @returns {Float32Array} 784 pixels in [0, 1], all 0 without strokes
 */
export function drawnDigit(strokes) {
  const points = strokes.flat();
  if (!points.length) return new Float32Array(SIDE * SIDE);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, top, bottom] = [
    Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys),
  ];
  const scale = (BOX - 2 * PEN) / Math.max(right - left, bottom - top, SMALLEST);
  const place = (dx, dy) =>
    strokes.map((stroke) =>
      stroke.map(([x, y]) => [
        (x - (left + right) / 2) * scale + SIDE / 2 + dx,
        (y - (top + bottom) / 2) * scale + SIDE / 2 + dy,
      ]),
    );
  const [cx, cy] = centreOfMass(rasterise(place(0, 0)));
  return rasterise(place(CENTRE - cx, CENTRE - cy));
}

/** Where the weight of an image lies, in pixels from its top left corner. */
export function centreOfMass(image) {
  let total = 0, x = 0, y = 0;
  image.forEach((v, i) => {
    total += v;
    x += v * ((i % SIDE) + 0.5);
    y += v * (Math.floor(i / SIDE) + 0.5);
  });
  return [x / total, y / total];
}

/** Ink for strokes in pixel coordinates: 1 near the line, falling to 0 over one pixel. */
function rasterise(strokes) {
  const image = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    stroke.forEach(([bx, by], i) => {
      const [ax, ay] = stroke[Math.max(0, i - 1)];
      const reach = PEN + 1;
      const y0 = Math.max(0, Math.floor(Math.min(ay, by) - reach));
      const y1 = Math.min(SIDE - 1, Math.ceil(Math.max(ay, by) + reach));
      const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      const x1 = Math.min(SIDE - 1, Math.ceil(Math.max(ax, bx) + reach));
      for (let y = y0; y <= y1; y++) {
        for (let x = x0; x <= x1; x++) {
          const d = distance(x + 0.5, y + 0.5, ax, ay, bx, by);
          const ink = Math.min(1, Math.max(0, PEN + 0.5 - d));
          image[y * SIDE + x] = Math.max(image[y * SIDE + x], ink);
        }
      }
    });
  }
  return image;
}

/** Distance of a point (x, y) from the segment a–b. */
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
  const point = ([x, y]) => {
    const n = Math.round(x * GRID) * 512 + Math.round(y * GRID);
    return ALPHABET[n >> 12] + ALPHABET[(n >> 6) & 63] + ALPHABET[n & 63];
  };
  return strokes.map((stroke) => stroke.map(point).join("")).join(".");
}

/** @param {string} text @returns {Stroke[]} what cannot be read is left out */
export function strokesFromText(text) {
  const point = (three) => {
    const n = [...three].reduce((sum, c) => sum * 64 + ALPHABET.indexOf(c), 0);
    return [(n >> 9) / GRID, (n & 511) / GRID];
  };
  return text
    .split(".")
    .map((stroke) => (stroke.match(/[\w-]{3}/g) ?? []).map(point))
    .filter((stroke) => stroke.length);
}
