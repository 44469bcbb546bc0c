// What the classifier says to the code: a column for each class.
import { make } from "./page.js";

/** @import { Words } from "./words.js" */

/**
 * @param {Words} words
 * @param {string[]} [names] of the classes, where they are no digits
 */
export function makeClasses(words, names) {
  /** @param {number} label */
  const nameOf = (label) => names?.[label] ?? String(label);
  const list = make("ol", { class: "ae-probabilities" });
  const title = make("span", { class: "ae-title" }, words.classes);
  const head = make("div", { class: "ae-head" }, title);
  const element = make("div", { class: "ae-classes" }, head, list);
  /** @type {{item: HTMLElement, percent: HTMLElement, bar: HTMLElement}[]} */
  let columns = [];
  let best = 0, certainty = 0;
  return {
    element,
    say: () => words.classesSay(nameOf(best), Math.round(100 * certainty)),
    /** @param {number[]} probabilities */
    draw(probabilities) {
      if (columns.length !== probabilities.length) {
        columns = probabilities.map((_, digit) => makeColumn(nameOf(digit)));
        list.replaceChildren(...columns.map(({ item }) => item));
      }
      certainty = Math.max(...probabilities);
      best = probabilities.indexOf(certainty);
      columns.forEach(({ item, percent, bar }, digit) => {
        percent.textContent = `${Math.round(100 * probabilities[digit])}%`;
        bar.style.height = `${100 * probabilities[digit]}%`;
        item.classList.toggle("ae-best", digit === best);
      });
      list.dataset.best = String(best);
    },
  };
}

/** @param {string} name */
function makeColumn(name) {
  const percent = make("span", { class: "ae-percent" });
  const bar = make("span");
  const column = make("span", { class: "ae-column" }, bar);
  return { item: make("li", {}, percent, column, make("b", {}, name)), percent, bar };
}
