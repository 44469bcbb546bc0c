// Render formulas for the book's build: one JSON request per line in, one JSON answer per
// line out. Request: {tex, display}. Answer: {html} or {error}.
import { createInterface } from "node:readline";
import katex from "katex";

const NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'; // which HTML knows by itself

/**
 * KaTeX gives a table of one column `columnspacing=""`, which Firefox logs as an error.
 * @param {string} tag a tag of MathML
 */
function withoutEmptyAttributes(tag) {
  return tag.replaceAll(/ [\w:-]+=""/g, "");
}

/** @param {{tex: string, display: boolean}} request */
function answer({ tex, display }) {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml", // MathML for screen readers, HTML for the eye
      strict: (code) => (code === "unicodeTextInMathMode" ? "ignore" : "error"),
    });
    return { html: html.replace(NAMESPACE, "").replaceAll(/<m[a-z]+\b[^>]*>/g, withoutEmptyAttributes) };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
}
