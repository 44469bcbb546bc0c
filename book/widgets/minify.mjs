// node widgets/minify.mjs FILE: print the texts of a JSON file of {name: text} without comments and
// long names; a name that ends in "css" is a style sheet, any other a module.
import { readFileSync } from "node:fs";
import { transform } from "esbuild";

const texts = Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")));
const small = await Promise.all(
  texts.map(async ([name, text]) => {
    const loader = name.endsWith("css") ? "css" : "js";
    const { code } = await transform(text, { minify: true, charset: "utf8", loader });
    return [name, code];
  }),
);
process.stdout.write(JSON.stringify(Object.fromEntries(small)));
