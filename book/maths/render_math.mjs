// Render formulas for the book's build: one JSON request per line in, one JSON answer per
// line out. Request: {tex, display}. Answer: {html} or {error}.
import { createInterface } from "node:readline";
import katex from "katex";

/** @param {{tex: string, display: boolean}} request */
function answer({ tex, display }) {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml", // MathML for screen readers, HTML for the eye
      strict: (code) => (code === "unicodeTextInMathMode" ? "ignore" : "error"),
    });
    return { html };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
}
