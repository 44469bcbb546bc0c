// What the explorer says in English.

/** @type {import("./words.js").Words} */
export const SAID = {
  title: "Autoencoder explorer",
  original: "Original",
  noisy: "Noisy input",
  reconstruction: "Reconstruction",
  error: "Error map",
  errorScale: "|original − reconstruction|",
  choose: (digits) => (digits ? "Choose a digit" : "Choose a picture"),
  strip: "Each tile: original above, its current reconstruction below",
  tile: (label, i) => {
    if (label === undefined) return `picture ${i + 1}`;
    const kind = typeof label === "string" ? "" : label < 10 ? "digit " : "class ";
    return `${kind}${label}, tile ${i + 1}`;
  },
  draw: "Draw one",
  pad:
    "Drawing pad: mouse, pen or finger; with the keyboard, " +
    "arrow keys move the pen, space puts it down or lifts it",
  padHint: (digits) => `Draw a ${digits ? "digit" : "picture"} here`,
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
};
