// The networks, run in plain JavaScript. Nothing here knows the page: every function takes numbers
// and returns numbers, so that Node can compare them with torch (tests/unit/test_explorer_js.py).
//
// Images, codes and feature maps are Float32Arrays with `count` of them one after the other; a
// shape is that of one of them, as in torch: [values] or [channels, height, width].

/** @typedef {{x: Float32Array, shape: number[]}} Batch */
/** @typedef {[number, number]} Pair rows, columns */
/** @typedef {[number, number, number]} Shape channels, rows, columns */
/**
 * Layers as weights.py describes them, and what readWeights adds.
 * @typedef {{weight: Float32Array, bias: Float32Array}} Weights
 * @typedef {{rows: number, columns: number} & Weights} Matrix one row for each output
 * @typedef {{shape: Shape, kernel: Pair, stride: Pair, padding: Pair}} Window
 * @typedef {Matrix & Window} Convolution
 * @typedef {{shape: Shape, step: Pair}} Upsample
 * @typedef {{kind: string} & Record<string, any>} Layer any of them; its kind says which
 */

export const SIDE = 28; // pixels of an image's side
export const PIXELS = SIDE * SIDE;
export const SEEDS = 2 ** 32; // seeds of the noise: 0 to SEEDS - 1

// ------------------------------------------------------------------ weights

/**
 * Give each layer its weights; weights.py describes the text and its layout.
 * @template {string} Name
 * @param {Record<Name, Layer[]>} networks layers by name, in the order in which they were written
 * @param {number} bits bits for each weight
 * @param {string} text base64
 * @returns {Record<Name, Layer[]>} the same layers with `weight` and `bias` as Float32Arrays
 */
export function readWeights(networks, bits, text) {
  const bytes = fromBase64(text);
  let at = 0;

  const floats = (/** @type {number} */ n) => {
    const values = new Float32Array(bytes.slice(at, at + 4 * n).buffer);
    at += 4 * n;
    return values;
  };

  const matrix = (/** @type {number} */ rows, /** @type {number} */ columns) => {
    const scale = floats(rows);
    const values = new Float32Array(rows * columns);
    const mask = 2 ** bits - 1;
    const zero = 2 ** (bits - 1);
    for (let i = 0, bit = 0; i < values.length; i++, bit += bits) {
      const b = at + (bit >> 3); // a value touches at most three bytes
      const three = bytes[b] | (bytes[b + 1] << 8) | (bytes[b + 2] << 16);
      values[i] = (((three >> (bit & 7)) & mask) - zero) * scale[(i / columns) | 0];
    }
    at += Math.ceil((values.length * bits) / 8);
    return values;
  };

  /** @type {(layer: Layer) => Layer} */
  const read = (layer) => {
    if (layer.kind === "sum") {
      const branches = layer.branches.map((/** @type {Layer[]} */ branch) => branch.map(read));
      return { ...layer, branches };
    }
    if (layer.rows) {
      return { ...layer, weight: matrix(layer.rows, layer.columns), bias: floats(layer.rows) };
    }
    if (layer.kind === "batch norm") {
      return { ...layer, weight: floats(layer.channels), bias: floats(layer.channels) };
    }
    return layer;
  };

  const names = /** @type {Name[]} */ (Object.keys(networks));
  const entries = names.map((name) => [name, networks[name].map(read)]);
  return /** @type {Record<Name, Layer[]>} */ (Object.fromEntries(entries));
}

/** @param {string} text */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

// ------------------------------------------------------------------ forward pass

/**
 * Run a batch through layers.
 * @param {Layer[]} layers
 * @param {Batch} batch is left as it is
 * @param {number} count how many images the batch holds
 * @returns {Batch}
 */
export function forward(layers, batch, count) {
  return layers.reduce((b, layer) => LAYERS[layer.kind](layer, b, count), batch);
}

/** @type {Record<string, (layer: any, batch: Batch, count: number) => Batch>} */
const LAYERS = {
  linear,
  convolution,
  "transposed convolution": transposedConvolution,
  "max pool": maxPool,
  "average pool": averagePool,
  "nearest upsample": nearestUpsample,
  "bilinear upsample": bilinearUpsample,
  "batch norm": batchNorm,
  sum,
  reshape: (layer, { x }) => ({ x, shape: layer.shape }),
  relu: (_, b) => each(b, (v) => (v > 0 ? v : 0)),
  "leaky relu": ({ slope }, b) => each(b, (v) => (v > 0 ? v : slope * v)),
  sigmoid: (_, b) => each(b, (v) => 1 / (1 + Math.exp(-v))),
  tanh: (_, b) => each(b, Math.tanh),
};

/**
 * @param {Batch} batch
 * @param {(v: number) => number} f
 * @returns {Batch}
 */
function each({ x, shape }, f) {
  const y = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = f(x[i]);
  return { x: y, shape };
}

/**
 * weight · x + bias for `count` inputs, into y from `at` on: the answer of row r to input n is put
 * at r · rowStep + n · inputStep.
 * @param {Matrix} layer
 * @param {Float32Array} x
 * @param {number} count
 * @param {Float32Array} y
 * @param {number} at
 * @param {number} rowStep
 * @param {number} inputStep
 */
function multiply({ rows, columns, weight, bias }, x, count, y, at, rowStep, inputStep) {
  for (let r = 0; r < rows; r++) {
    const w = r * columns;
    let n = 0;
    for (; n + 4 <= count; n += 4) { // four inputs share each weight that is read
      const a = n * columns, b = a + columns, c = b + columns, d = c + columns;
      let sa = 0, sb = 0, sc = 0, sd = 0;
      for (let k = 0; k < columns; k++) {
        const v = weight[w + k];
        sa += v * x[a + k];
        sb += v * x[b + k];
        sc += v * x[c + k];
        sd += v * x[d + k];
      }
      const o = at + r * rowStep + n * inputStep;
      y[o] = sa + bias[r];
      y[o + inputStep] = sb + bias[r];
      y[o + 2 * inputStep] = sc + bias[r];
      y[o + 3 * inputStep] = sd + bias[r];
    }
    for (; n < count; n++) {
      const a = n * columns;
      let even = 0, odd = 0; // two sums: the processor adds them side by side
      let k = 0;
      for (; k + 2 <= columns; k += 2) {
        even += weight[w + k] * x[a + k];
        odd += weight[w + k + 1] * x[a + k + 1];
      }
      if (k < columns) even += weight[w + k] * x[a + k];
      y[at + r * rowStep + n * inputStep] = even + odd + bias[r];
    }
  }
}

/** @type {(layer: Matrix, batch: Batch, count: number) => Batch} */
function linear(layer, { x }, count) {
  const y = new Float32Array(count * layer.rows);
  multiply(layer, x, count, y, 0, 1, layer.rows);
  return { x: y, shape: [layer.rows] };
}

/**
 * The positions i in 0…n-1 for which i·stride − padding + k lies in 0…size-1.
 * @type {(n: number, stride: number, padding: number, k: number, size: number) => [number, number]}
 * @returns first, and one after the last
 */
function inside(n, stride, padding, k, size) {
  return [
    Math.max(0, Math.ceil((padding - k) / stride)),
    Math.min(n, Math.floor((size - 1 + padding - k) / stride) + 1),
  ];
}

/**
 * Lay what each output pixel sees side by side; then it is a matrix product.
 * @type {(layer: Convolution, batch: Batch, count: number) => Batch}
 */
function convolution(layer, batch, count) {
  const { shape, kernel, stride, padding, rows, columns } = layer;
  const [channels, H, W] = batch.shape;
  const [, h, w] = shape;
  const y = new Float32Array(count * rows * h * w);
  const seen = new Float32Array(h * w * columns); // 0 where the kernel lies on the padding
  for (let n = 0; n < count; n++) {
    for (let c = 0, place = 0; c < channels; c++) {
      const plane = (n * channels + c) * H * W;
      for (let ky = 0; ky < kernel[0]; ky++) {
        const [top, bottom] = inside(h, stride[0], padding[0], ky, H);
        for (let kx = 0; kx < kernel[1]; kx++, place++) {
          const [left, right] = inside(w, stride[1], padding[1], kx, W);
          for (let i = top; i < bottom; i++) {
            const from = plane + (i * stride[0] - padding[0] + ky) * W - padding[1] + kx;
            for (let j = left; j < right; j++) {
              seen[(i * w + j) * columns + place] = batch.x[from + j * stride[1]];
            }
          }
        }
      }
    }
    multiply(layer, seen, h * w, y, n * rows * h * w, h * w, 1);
  }
  return { x: y, shape };
}

/** @type {(layer: Convolution, batch: Batch, count: number) => Batch} */
function transposedConvolution({ shape, kernel, stride, padding, weight, bias }, batch, count) {
  const [channels, h, w] = batch.shape;
  const [filters, H, W] = shape;
  const x = batch.x;
  const y = new Float32Array(count * filters * H * W);
  for (let n = 0; n < count; n++) {
    for (let f = 0; f < filters; f++) {
      const out = (n * filters + f) * H * W;
      y.fill(bias[f], out, out + H * W);
      for (let c = 0; c < channels; c++) {
        const plane = (n * channels + c) * h * w;
        for (let ky = 0; ky < kernel[0]; ky++) {
          const [top, bottom] = inside(h, stride[0], padding[0], ky, H);
          for (let kx = 0; kx < kernel[1]; kx++) {
            const [left, right] = inside(w, stride[1], padding[1], kx, W);
            const v = weight[((f * channels + c) * kernel[0] + ky) * kernel[1] + kx];
            const step = stride[1];
            for (let i = top; i < bottom; i++) {
              const from = plane + i * w;
              const to = out + (i * stride[0] - padding[0] + ky) * W - padding[1] + kx;
              for (let j = left; j < right; j++) y[to + j * step] += v * x[from + j];
            }
          }
        }
      }
    }
  }
  return { x: y, shape };
}

/**
 * Call f(output index, its plane's first input index, rows, columns) for each pool window.
 * @param {Window} layer
 * @param {number[]} shape of the input
 * @param {number} planes
 * @param {(...place: [o: number, plane: number, top: number, bottom: number, left: number, right: number]) => void} f
 */
function windows({ shape, kernel, stride, padding }, [, H, W], planes, f) {
  const [, h, w] = shape;
  for (let p = 0; p < planes; p++) {
    for (let i = 0; i < h; i++) {
      const y = i * stride[0] - padding[0];
      const top = Math.max(y, 0), bottom = Math.min(y + kernel[0], H);
      for (let j = 0; j < w; j++) {
        const x = j * stride[1] - padding[1];
        const left = Math.max(x, 0), right = Math.min(x + kernel[1], W);
        f((p * h + i) * w + j, p * H * W, top, bottom, left, right);
      }
    }
  }
}

/** @type {(layer: Window, batch: Batch, count: number) => Batch} */
function maxPool(layer, { x, shape }, count) {
  const y = new Float32Array(count * layer.shape[0] * layer.shape[1] * layer.shape[2]);
  windows(layer, shape, count * shape[0], (o, plane, top, bottom, left, right) => {
    let best = -Infinity;
    for (let i = top; i < bottom; i++) {
      for (let j = left; j < right; j++) best = Math.max(best, x[plane + i * shape[2] + j]);
    }
    y[o] = best;
  });
  return { x: y, shape: layer.shape };
}

/** @type {(layer: Window & {"count padding": boolean}, batch: Batch, count: number) => Batch} */
function averagePool(layer, { x, shape }, count) {
  const y = new Float32Array(count * layer.shape[0] * layer.shape[1] * layer.shape[2]);
  windows(layer, shape, count * shape[0], (o, plane, top, bottom, left, right) => {
    let total = 0;
    for (let i = top; i < bottom; i++) {
      for (let j = left; j < right; j++) total += x[plane + i * shape[2] + j];
    }
    const pixels = (bottom - top) * (right - left);
    y[o] = total / (layer["count padding"] ? layer.kernel[0] * layer.kernel[1] : pixels);
  });
  return { x: y, shape: layer.shape };
}

/** @type {(layer: Upsample, batch: Batch, count: number) => Batch} */
function nearestUpsample({ shape, step }, batch, count) {
  const [channels, h, w] = batch.shape;
  const [, H, W] = shape;
  const y = new Float32Array(count * channels * H * W);
  /** @type {(i: number, s: number, size: number) => number} */
  const source = (i, s, size) => Math.min(Math.floor(Math.fround(i * Math.fround(s))), size - 1);
  for (let p = 0; p < count * channels; p++) {
    for (let i = 0; i < H; i++) {
      const row = (p * h + source(i, step[0], h)) * w;
      for (let j = 0; j < W; j++) y[(p * H + i) * W + j] = batch.x[row + source(j, step[1], w)];
    }
  }
  return { x: y, shape };
}

/** @type {(layer: Upsample & {corners: boolean}, batch: Batch, count: number) => Batch} */
function bilinearUpsample({ shape, step, corners }, batch, count) {
  const [channels, h, w] = batch.shape;
  const [, H, W] = shape;
  const x = batch.x;
  const y = new Float32Array(count * channels * H * W);
  /** @type {(i: number, s: number, size: number) => [number, number, number]} */
  const source = (i, s, size) => {
    const at = corners ? i * s : Math.max(0, (i + 0.5) * s - 0.5);
    const low = Math.min(Math.floor(at), size - 1);
    return [low, Math.min(low + 1, size - 1), at - low];
  };
  for (let p = 0; p < count * channels; p++) {
    for (let i = 0; i < H; i++) {
      const [up, down, v] = source(i, step[0], h);
      for (let j = 0; j < W; j++) {
        const [left, right, u] = source(j, step[1], w);
        const above = (1 - u) * x[(p * h + up) * w + left] + u * x[(p * h + up) * w + right];
        const below = (1 - u) * x[(p * h + down) * w + left] + u * x[(p * h + down) * w + right];
        y[(p * H + i) * W + j] = (1 - v) * above + v * below;
      }
    }
  }
  return { x: y, shape };
}

/** @type {(layer: {channels: number} & Weights, batch: Batch, count: number) => Batch} */
function batchNorm({ channels, weight, bias }, { x, shape }, count) {
  const y = new Float32Array(x.length);
  const size = x.length / (count * channels);
  for (let i = 0; i < x.length; i++) {
    const c = ((i / size) | 0) % channels;
    y[i] = x[i] * weight[c] + bias[c];
  }
  return { x: y, shape };
}

/** @type {(layer: {branches: Layer[][]}, batch: Batch, count: number) => Batch} */
function sum({ branches }, batch, count) {
  const [first, ...rest] = branches.map((layers) => forward(layers, batch, count));
  const y = first.x.slice();
  for (const { x } of rest) for (let i = 0; i < y.length; i++) y[i] += x[i];
  return { x: y, shape: first.shape };
}

// ------------------------------------------------------------------ noise

/**
 * Mix a 32-bit integer; noise_sample.py says where it comes from.
 * @param {number} x
 */
function hash(x) {
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/**
 * The Gaussian sample of a seed, the same as `aelib.noise_sample(seed, size)`.
 * @param {number} seed
 * @param {number} size
 */
export function noiseSample(seed, size) {
  const key = hash(seed);
  const uniform = (/** @type {number} */ k) => (hash(hash(k) ^ key) + 0.5) / 2 ** 32;
  return Float32Array.from({ length: size }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(2 * i)));
    return radius * Math.cos(2 * Math.PI * uniform(2 * i + 1));
  });
}

/**
 * clip(image + factor · sample, 0, 1), as `aelib.add_noise`.
 * @param {Float32Array} image
 * @param {Float32Array} sample
 * @param {number} factor
 */
export function addNoise(image, sample, factor) {
  return image.map((v, i) => Math.min(1, Math.max(0, v + factor * sample[i])));
}

// ------------------------------------------------------------------ measures and colours

/**
 * Mean squared error over all pixels.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function mse(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
  return total / a.length;
}

/**
 * Peak signal-to-noise ratio in decibels for values in [0, 1].
 * @param {number} error mean squared
 */
export function psnr(error) {
  return -10 * Math.log10(error);
}

/** @param {ArrayLike<number>} logits */
export function softmax(logits) {
  const top = Math.max(...Array.from(logits));
  const e = Array.from(logits, (v) => Math.exp(v - top));
  const total = e.reduce((a, b) => a + b);
  return e.map((v) => v / total);
}

/** The table of matplotlib's colour map "hot": red, green and blue, 0 to 255, for 256 values. */
const HOT = Array.from({ length: 256 }, (_, i) => {
  const v = i / 255;
  /** @type {(from: number, to: number, low: number) => number} */
  const ramp = (from, to, low) => low + (1 - low) * Math.min(1, Math.max(0, (v - from) / (to - from)));
  const colour = [ramp(0, 0.365079, 0.0416), ramp(0.365079, 0.746032, 0), ramp(0.746032, 1, 0)];
  return colour.map((c) => Math.floor(c * 255.999));
});

/**
 * The colour of a value in [0, 1] in "hot".
 * @param {number} value
 */
export function hot(value) {
  return HOT[Math.min(255, Math.max(0, Math.floor(value * 256)))];
}
