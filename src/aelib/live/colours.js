// The colours of classes: digits, letters, clothes.
import { make } from "./page.js";

// Ten colours of equal lightness, apart in hue; they stand out on light and dark ground.
const DIGITS = [
  "#d1495b", "#c8701d", "#a98600", "#5f9a21", "#1f9d6b",
  "#1796a8", "#3f83d6", "#7f6ee0", "#b05bc8", "#d0508f",
];

/**
 * A colour for each class: the ten of the digits, or as many hues in three lightnesses.
 * @param {number} classes
 */
export function coloursOf(classes) {
  if (classes <= DIGITS.length) return DIGITS;
  return Array.from({ length: classes }, (_, i) => {
    const hue = (360 * i) / classes;
    return `oklch(${[0.52, 0.62, 0.72][i % 3]} 0.15 ${hue.toFixed(0)})`;
  });
}

/**
 * Which colour is which class.
 * @param {string[]} colours
 * @param {string[]} names none where the classes are digits
 */
export function makeLegend(colours, names) {
  return make(
    "div",
    { class: "ae-legend", "aria-hidden": "true" },
    ...colours.slice(0, names.length || colours.length).map((colour, label) =>
      make("span", {}, make("i", { style: `background:${colour}` }), names[label] ?? String(label)),
    ),
  );
}
