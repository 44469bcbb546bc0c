// The loops of training in the page that take the time, four numbers at a time: AssemblyScript,
// compiled by `python -m book.kernels`. Addresses are bytes; steps and counts are floats. Only
// operations whose result IEEE 754 fixes are used (no relaxed SIMD, no engine's own exp), so that
// the trained weights have the same bits in every browser.

const ROWS: i32 = 4, COLUMNS: i32 = 8, DEPTH: i32 = 256;

/** C += A·B. A is m×k, B is k×n; element (i, j) of each lies at i·rowStep + j·columnStep. C's
 *  rows lie one after the other. `free`: address from which (m + 3)·256 + 256·8 + 32 floats may be
 *  used. */
export function multiply(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32,
  c: usize, free: usize,
): void {
  const tile = free, right = tile + ROWS * COLUMNS * 4, left = right + DEPTH * COLUMNS * 4;
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let i = 0; i < m; i += ROWS) {
      const from = a + (i * aRow + p * aColumn) * 4, rows = min(ROWS, m - i);
      pack(from, aRow, aColumn, rows, depth, ROWS, left + i * depth * 4);
    }
    for (let j = 0; j < n; j += COLUMNS) {
      const columns = min(COLUMNS, n - j);
      pack(b + (p * bRow + j * bColumn) * 4, bColumn, bRow, columns, depth, COLUMNS, right);
      for (let i = 0; i < m; i += ROWS) {
        const rows = min(ROWS, m - i), to = c + (i * n + j) * 4, from = left + i * depth * 4;
        if (rows == ROWS && columns == COLUMNS) {
          block(depth, from, right, to, n * 4);
        } else {
          memory.fill(tile, 0, ROWS * COLUMNS * 4);
          block(depth, from, right, tile, COLUMNS * 4);
          for (let r = 0; r < rows; r++) {
            for (let s = 0; s < columns; s++) {
              const at = to + (r * n + s) * 4;
              store<f32>(at, load<f32>(at) + load<f32>(tile + (r * COLUMNS + s) * 4));
            }
          }
        }
      }
    }
  }
}

/** Lay `width` strands of `depth` floats side by side, with zeros where there are fewer. */
function pack(
  from: usize, strand: i32, along: i32, strands: i32, depth: i32, width: i32, to: usize,
): void {
  if (strands < width) memory.fill(to, 0, width * depth * 4);
  else if (strand == 1) {
    for (let p = 0; p < depth; p++) {
      for (let s = 0; s < width; s += 4) v128.store(to + s * 4, v128.load(from + s * 4));
      to += width * 4;
      from += along * 4;
    }
    return;
  } else if (along == 1) { // 4×4 blocks, turned
    for (let s = 0; s < width; s += 4) {
      let f = from + s * strand * 4, t = to + s * 4, p = 0;
      for (; p + 4 <= depth; p += 4) {
        const q0 = v128.load(f), q1 = v128.load(f + strand * 4);
        const q2 = v128.load(f + strand * 8), q3 = v128.load(f + strand * 12);
        const a = v128.shuffle<i32>(q0, q1, 0, 4, 1, 5);
        const b = v128.shuffle<i32>(q2, q3, 0, 4, 1, 5);
        const c = v128.shuffle<i32>(q0, q1, 2, 6, 3, 7);
        const d = v128.shuffle<i32>(q2, q3, 2, 6, 3, 7);
        v128.store(t, v128.shuffle<i64>(a, b, 0, 2));
        v128.store(t + width * 4, v128.shuffle<i64>(a, b, 1, 3));
        v128.store(t + width * 8, v128.shuffle<i64>(c, d, 0, 2));
        v128.store(t + width * 12, v128.shuffle<i64>(c, d, 1, 3));
        f += 16;
        t += width * 16;
      }
      for (; p < depth; p++) {
        for (let r = 0; r < 4; r++) store<f32>(t + r * 4, load<f32>(f + r * strand * 4));
        f += 4;
        t += width * 4;
      }
    }
    return;
  }
  for (let s = 0; s < strands; s++) {
    let f = from + s * strand * 4, t = to + s * 4;
    for (let p = 0; p < depth; p++) {
      store<f32>(t, load<f32>(f));
      f += along * 4;
      t += width * 4;
    }
  }
}

/** A tile of 4×8 of C. */
function block(depth: i32, a: usize, b: usize, c: usize, row: i32): void {
  const c1 = c + row, c2 = c1 + row, c3 = c2 + row;
  let s00 = v128.load(c), s01 = v128.load(c, 16), s10 = v128.load(c1), s11 = v128.load(c1, 16);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16), s30 = v128.load(c3), s31 = v128.load(c3, 16);
  const end = b + depth * COLUMNS * 4;
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let v = v128.load_splat<f32>(a);
    s00 = v128.add<f32>(s00, v128.mul<f32>(v, b0));
    s01 = v128.add<f32>(s01, v128.mul<f32>(v, b1));
    v = v128.load_splat<f32>(a, 4);
    s10 = v128.add<f32>(s10, v128.mul<f32>(v, b0));
    s11 = v128.add<f32>(s11, v128.mul<f32>(v, b1));
    v = v128.load_splat<f32>(a, 8);
    s20 = v128.add<f32>(s20, v128.mul<f32>(v, b0));
    s21 = v128.add<f32>(s21, v128.mul<f32>(v, b1));
    v = v128.load_splat<f32>(a, 12);
    s30 = v128.add<f32>(s30, v128.mul<f32>(v, b0));
    s31 = v128.add<f32>(s31, v128.mul<f32>(v, b1));
    a += ROWS * 4;
    b += COLUMNS * 4;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** e^v in float32's precision: e^v = 2^k · e^r, Cephes' polynomial (expf.c) for e^r. */
// @ts-ignore: decorator
@inline function exp(value: v128): v128 {
  const v = v128.max<f32>(f32x4.splat(-87), v128.min<f32>(f32x4.splat(87), value));
  const k = v128.nearest<f32>(v128.mul<f32>(v, f32x4.splat(1.44269504)));
  let r = v128.sub<f32>(v, v128.mul<f32>(k, f32x4.splat(0.693359375)));
  r = v128.sub<f32>(r, v128.mul<f32>(k, f32x4.splat(-2.12194440e-4)));
  let e = f32x4.splat(1.9875691500e-4);
  e = v128.add<f32>(v128.mul<f32>(e, r), f32x4.splat(1.3981999507e-3));
  e = v128.add<f32>(v128.mul<f32>(e, r), f32x4.splat(8.3334519073e-3));
  e = v128.add<f32>(v128.mul<f32>(e, r), f32x4.splat(4.1665795894e-2));
  e = v128.add<f32>(v128.mul<f32>(e, r), f32x4.splat(1.6666665459e-1));
  e = v128.add<f32>(v128.mul<f32>(e, r), f32x4.splat(5.0000001201e-1));
  e = v128.add<f32>(v128.mul<f32>(v128.mul<f32>(e, r), r), r);
  e = v128.add<f32>(e, f32x4.splat(1));
  const power = v128.shl<i32>(v128.add<i32>(v128.trunc_sat<i32>(k), i32x4.splat(127)), 23);
  return v128.mul<f32>(e, power);
}

/** y = 1 / (1 + e^-x); n is a multiple of 4, as in every function of single values below. */
export function sigmoid(x: usize, y: usize, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = x + n * 4; x < end; x += 16, y += 16) {
    const e = exp(v128.neg<f32>(v128.load(x)));
    v128.store(y, v128.div<f32>(one, v128.add<f32>(one, e)));
  }
}

/** dx = dy · y · (1 − y) */
export function sigmoidBack(y: usize, dy: usize, dx: usize, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = y + n * 4; y < end; y += 16, dy += 16, dx += 16) {
    const v = v128.load(y), slope = v128.mul<f32>(v, v128.sub<f32>(one, v));
    v128.store(dx, v128.mul<f32>(v128.load(dy), slope));
  }
}

/** y = tanh x = sign(x) · (1 − e^-2|x|) / (1 + e^-2|x|), and near 0 its series. */
export function tanh(x: usize, y: usize, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = x + n * 4; x < end; x += 16, y += 16) {
    const v = v128.load(x), size = v128.abs<f32>(v), square = v128.mul<f32>(v, v);
    const e = exp(v128.mul<f32>(size, f32x4.splat(-2)));
    const far = v128.div<f32>(v128.sub<f32>(one, e), v128.add<f32>(one, e));
    let p = f32x4.splat(-5.70498872745e-3); // Cephes, tanhf.c
    p = v128.add<f32>(v128.mul<f32>(p, square), f32x4.splat(2.06390887954e-2));
    p = v128.add<f32>(v128.mul<f32>(p, square), f32x4.splat(-5.37397155531e-2));
    p = v128.add<f32>(v128.mul<f32>(p, square), f32x4.splat(1.33314422036e-1));
    p = v128.add<f32>(v128.mul<f32>(p, square), f32x4.splat(-3.33332819422e-1));
    const close = v128.add<f32>(size, v128.mul<f32>(v128.mul<f32>(p, square), size));
    const both = v128.bitselect(close, far, v128.lt<f32>(size, f32x4.splat(0.625)));
    v128.store(y, v128.or(both, v128.and(v, i32x4.splat(0x80000000))));
  }
}

/** dx = dy · (1 − y²) */
export function tanhBack(y: usize, dy: usize, dx: usize, n: i32): void {
  const one = f32x4.splat(1);
  for (const end = y + n * 4; y < end; y += 16, dy += 16, dx += 16) {
    const v = v128.load(y), slope = v128.sub<f32>(one, v128.mul<f32>(v, v));
    v128.store(dx, v128.mul<f32>(v128.load(dy), slope));
  }
}

/** y = x where x > 0, else slope · x; a slope of 0 is a ReLU. */
export function leaky(x: usize, y: usize, n: i32, slope: f32): void {
  const s = f32x4.splat(slope), zero = f32x4.splat(0);
  for (const end = x + n * 4; x < end; x += 16, y += 16) {
    const v = v128.load(x);
    v128.store(y, v128.bitselect(v, v128.mul<f32>(v, s), v128.gt<f32>(v, zero)));
  }
}

/** dx = dy where x > 0, else slope · dy */
export function leakyBack(x: usize, dy: usize, dx: usize, n: i32, slope: f32): void {
  const s = f32x4.splat(slope), zero = f32x4.splat(0);
  for (const end = x + n * 4; x < end; x += 16, dy += 16, dx += 16) {
    const d = v128.load(dy), positive = v128.gt<f32>(v128.load(x), zero);
    v128.store(dx, v128.bitselect(d, v128.mul<f32>(d, s), positive));
  }
}

/** x += y */
export function add(x: usize, y: usize, n: i32): void {
  for (const end = x + n * 4; x < end; x += 16, y += 16) {
    v128.store(x, v128.add<f32>(v128.load(x), v128.load(y)));
  }
}

/** g = factor · (y − target); returns Σ (y − target)². Any n. */
export function squares(y: usize, target: usize, g: usize, n: i32, factor: f32): f64 {
  let total: f64 = 0;
  for (const end = y + n * 4; y < end; y += 4, target += 4, g += 4) {
    const d = load<f32>(y) - load<f32>(target);
    total += f64(d) * f64(d);
    store<f32>(g, factor * d);
  }
  return total;
}

/** Write each of `rows` values `area` times, row after row, for each of `count` images. */
export function spread(from: usize, rows: i32, area: i32, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    if (area == 1) {
      memory.copy(to, from, rows * 4);
      to += rows * 4;
      continue;
    }
    for (let r = 0; r < rows; r++) {
      const v = load<f32>(from + r * 4);
      for (const end = to + area * 4; to < end; to += 4) store<f32>(to, v);
    }
  }
}

/** The other way round: add the sum of each row, over all images, to its value. */
export function gather(g: usize, rows: i32, area: i32, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < rows; r++) {
      let s: f32 = 0;
      for (const end = g + area * 4; g < end; g += 4) s += load<f32>(g);
      store<f32>(to + r * 4, load<f32>(to + r * 4) + s);
    }
  }
}

/** One step of Adam for n values; `rate` and `epsilon` already hold the correction of the start. */
export function adam(
  x: usize, g: usize, m: usize, v: usize, n: i32, rate: f32, epsilon: f32,
): void {
  const r = f32x4.splat(rate), eps = f32x4.splat(epsilon);
  for (const end = x + n * 4; x < end; x += 16, g += 16, m += 16, v += 16) {
    const d = v128.load(g), old = v128.load(m), square = v128.mul<f32>(d, d);
    const a = v128.add<f32>(old, v128.mul<f32>(v128.sub<f32>(d, old), f32x4.splat(0.1)));
    const kept = v128.mul<f32>(f32x4.splat(0.999), v128.load(v));
    const b = v128.add<f32>(kept, v128.mul<f32>(f32x4.splat(0.001), square));
    v128.store(m, a);
    v128.store(v, b);
    const step = v128.div<f32>(v128.mul<f32>(r, a), v128.add<f32>(v128.sqrt<f32>(b), eps));
    v128.store(x, v128.sub<f32>(v128.load(x), step));
  }
}

// @ts-ignore: decorator
@inline function first(stride: i32, padding: i32, k: i32): i32 {
  return padding > k ? (padding - k + stride - 1) / stride : 0;
}
// @ts-ignore: decorator
@inline function last(n: i32, stride: i32, padding: i32, k: i32, size: i32): i32 {
  const span = size - 1 + padding - k;
  return span < 0 ? 0 : min(n, span / stride + 1);
}

/** Lay what each of h×w windows sees as a column of `seen`; back: add each value to its pixel. */
export function unfold(
  image: usize, C: i32, H: i32, W: i32, kh: i32, kw: i32, sh: i32, sw: i32, ph: i32, pw: i32,
  h: i32, w: i32, seen: usize, back: bool,
): void {
  if (!back) memory.fill(seen, 0, C * kh * kw * h * w * 4);
  for (let c = 0; c < C; c++, image += H * W * 4) {
    for (let y = 0; y < kh; y++) {
      const top = first(sh, ph, y), bottom = last(h, sh, ph, y, H);
      for (let x = 0; x < kw; x++, seen += h * w * 4) {
        const left = first(sw, pw, x), n = last(w, sw, pw, x, W) - left;
        for (let i = top; i < bottom; i++) {
          let s = seen + (i * w + left) * 4;
          let p = image + ((i * sh - ph + y) * W - pw + x + left * sw) * 4;
          let j = 0;
          if (sw == 1) {
            for (; j + 4 <= n; j += 4, s += 16, p += 16) {
              if (back) v128.store(p, v128.add<f32>(v128.load(p), v128.load(s)));
              else v128.store(s, v128.load(p));
            }
          }
          for (; j < n; j++, s += 4, p += sw * 4) {
            if (back) put(p, load<f32>(s));
            else store<f32>(s, load<f32>(p));
          }
        }
      }
    }
  }
}

/** The largest value of each window; `chosen`: which pixel of its plane it was, for later. */
export function maxPool(
  x: usize, planes: i32, H: i32, W: i32, kh: i32, kw: i32, sh: i32, sw: i32, ph: i32, pw: i32,
  h: i32, w: i32, y: usize, chosen: usize,
): void {
  for (let p = 0; p < planes; p++, x += H * W * 4) {
    for (let i = 0; i < h; i++) {
      const t = i * sh - ph, top = max(t, 0), bottom = min(t + kh, H);
      for (let j = 0; j < w; j++, y += 4, chosen += 4) {
        const l = j * sw - pw, left = max(l, 0), right = min(l + kw, W);
        let where = top * W + left, best = load<f32>(x + where * 4);
        for (let r = top; r < bottom; r++) {
          for (let k = r * W + left, end = r * W + right; k < end; k++) {
            const v = load<f32>(x + k * 4);
            if (v > best) {
              best = v;
              where = k;
            }
          }
        }
        store<f32>(y, best);
        store<i32>(chosen, where);
      }
    }
  }
}

/** dx += dy at the pixels that were chosen; `area`, `outputs`: pixels of a plane of x and of y. */
export function maxPoolBack(
  dy: usize, chosen: usize, planes: i32, area: i32, outputs: i32, dx: usize,
): void {
  for (let p = 0; p < planes; p++, dx += area * 4) {
    for (const end = dy + outputs * 4; dy < end; dy += 4, chosen += 4) {
      const at = dx + load<i32>(chosen) * 4;
      store<f32>(at, load<f32>(at) + load<f32>(dy));
    }
  }
}

/** The mean of each window, or, back, its share for each pixel: x += y / pixels. */
export function averagePool(
  x: usize, planes: i32, H: i32, W: i32, kh: i32, kw: i32, sh: i32, sw: i32, ph: i32, pw: i32,
  h: i32, w: i32, y: usize, whole: bool, back: bool,
): void {
  for (let p = 0; p < planes; p++, x += H * W * 4) {
    for (let i = 0; i < h; i++) {
      const t = i * sh - ph, top = max(t, 0), bottom = min(t + kh, H);
      for (let j = 0; j < w; j++, y += 4) {
        const l = j * sw - pw, left = max(l, 0), right = min(l + kw, W);
        // torch counts the padding, but not what a last window sees beyond it
        const reach = (min(t + kh, H + ph) - t) * (min(l + kw, W + pw) - l);
        const pixels = f32(whole ? reach : (bottom - top) * (right - left));
        const share = back ? load<f32>(y) / pixels : 0;
        let s: f32 = 0;
        for (let r = top; r < bottom; r++) {
          for (let k = x + (r * W + left) * 4, end = x + (r * W + right) * 4; k < end; k += 4) {
            if (back) store<f32>(k, load<f32>(k) + share);
            else s += load<f32>(k);
          }
        }
        if (!back) store<f32>(y, s / pixels);
      }
    }
  }
}

const ONE: f32 = 1;

/** Each pixel of y from four of x. `rows` holds three numbers for each row of y, `columns` for each
 *  column: the first, the second (int32) and the share of the second (float). Back: x += shares. */
export function resample(
  x: usize, planes: i32, h: i32, w: i32, rows: usize, columns: usize, H: i32, W: i32, y: usize,
  back: bool,
): void {
  for (let p = 0; p < planes; p++, x += h * w * 4) {
    for (let i = 0, r = rows; i < H; i++, r += 12) {
      const up = x + load<i32>(r) * w * 4, down = x + load<i32>(r, 4) * w * 4;
      const v = load<f32>(r, 8);
      for (let j = 0, c = columns; j < W; j++, c += 12, y += 4) {
        const left = load<i32>(c) * 4, right = load<i32>(c, 4) * 4, u = load<f32>(c, 8);
        if (back) {
          const d = load<f32>(y), above = (ONE - v) * d, below = v * d;
          put(up + left, (ONE - u) * above);
          put(up + right, u * above);
          put(down + left, (ONE - u) * below);
          put(down + right, u * below);
        } else {
          const above = (ONE - u) * load<f32>(up + left) + u * load<f32>(up + right);
          const below = (ONE - u) * load<f32>(down + left) + u * load<f32>(down + right);
          store<f32>(y, (ONE - v) * above + v * below);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline function put(at: usize, value: f32): void {
  store<f32>(at, load<f32>(at) + value);
}
