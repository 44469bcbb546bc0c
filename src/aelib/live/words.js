// What the explorer says, in the languages of the pages.

/**
 * @typedef {Record<
 *   | "title" | "original" | "noisy" | "reconstruction" | "error" | "errorScale" | "digits" | "strip"
 *   | "draw" | "pad" | "padHint" | "undo" | "clear" | "sample" | "codeHint" | "codeMap" | "reset"
 *   | "classes" | "giveBack" | "noise" | "size" | "network" | "pause",
 *   string
 * > & {
 *   digit: (label: number | string | undefined, i: number) => string,
 *   lent: (name: string) => string,
 *   sampleNumber: (seed: number) => string,
 *   code: (size: number | string) => string,
 *   codeValue: (i: number, n: number) => string,
 *   classesSay: (name: string, percent: number) => string,
 *   say: (noise: string, error: string, ratio: string) => string,
 * }} Words
 */

/** @type {Record<"zh" | "en", Words>} */
export const WORDS = {
  zh: {
    title: "自动编码器实验台",
    original: "原图",
    noisy: "含噪输入",
    reconstruction: "重建",
    error: "误差图",
    errorScale: "|原图 − 重建|",
    digits: "选一个数字",
    strip: "每格：上为原图，下为此刻的重建",
    digit: (label, i) => {
      if (label === undefined) return `第 ${i + 1} 个数字`;
      return `${typeof label === "number" ? "数字 " : ""}${label}，第 ${i + 1} 个`;
    },
    draw: "自己写",
    pad: "手写板：用鼠标、笔或手指写；键盘上，方向键移动笔尖，空格键落笔或提笔",
    padHint: "在这里写一个数字",
    undo: "撤销",
    clear: "清空",
    sample: "换一份噪声",
    lent: (name) => `此刻画图的是${name}`,
    giveBack: "换回本页的网络",
    sampleNumber: (seed) => `噪声样本 ${seed}`,
    code: (size) => `编码 z（${size} 个值）`,
    codeHint: "拖动任意一根，看解码器怎样作答",
    codeMap: "编码的特征图",
    codeValue: (i, n) => `编码的第 ${i} 个值，共 ${n} 个；左右键换一个，上下键改变它`,
    reset: "恢复编码",
    classes: "分类器的判断",
    classesSay: (name, percent) => `分类器：${name}，${percent}%`,
    noise: "噪声因子",
    size: "潜在维度",
    network: "网络",
    pause: "；",
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
    strip: "Each tile: original above, its current reconstruction below",
    digit: (label, i) => {
      if (label === undefined) return `digit ${i + 1}`;
      return `${typeof label === "number" ? "digit " : ""}${label}, tile ${i + 1}`;
    },
    draw: "Draw one",
    pad:
      "Drawing pad: mouse, pen or finger; with the keyboard, " +
      "arrow keys move the pen, space puts it down or lifts it",
    padHint: "Draw a digit here",
    undo: "Undo",
    clear: "Clear",
    sample: "New noise sample",
    lent: (name) => `Now drawing: the ${name}`,
    giveBack: "Back to the page's network",
    sampleNumber: (seed) => `sample ${seed}`,
    code: (size) => `Code z (${size} values)`,
    codeHint: "Drag any bar and watch the decoder respond",
    codeMap: "The code's feature maps",
    codeValue: (i, n) =>
      `Code value ${i} of ${n}; the left and right keys choose another, the up and down keys change it`,
    reset: "Reset code",
    classes: "What the classifier says",
    classesSay: (name, percent) => `Classifier: ${name}, ${percent}%`,
    noise: "Noise factor",
    size: "Latent size",
    network: "Network",
    pause: "; ",
    say: (noise, error, ratio) =>
      `Noise factor ${noise}, reconstruction MSE ${error}, PSNR ${ratio} decibels`,
  },
};
