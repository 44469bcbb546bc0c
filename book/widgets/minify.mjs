// node widgets/minify.mjs FILE: print in small what a JSON file of {language, folder, files} asks for.
// `files` gives each text a name and says where it begins: in a module, or in some style sheets. What a
// module imports comes with it; comments and long names go, and with them the words of any language
// but the page's: a file …words_en.js is taken to be …words_zh.js, where there is one.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const { language, folder, files } = JSON.parse(readFileSync(process.argv[2], "utf8"));

const oneLanguage = {
  name: "one language",
  setup({ onResolve }) {
    onResolve({ filter: /words_\w+\.js$/ }, ({ path, resolveDir }) => {
      const own = resolve(resolveDir, path.replace(/words_\w+\.js$/, `words_${language}.js`));
      return existsSync(own) ? { path: own } : undefined;
    });
  },
};

async function small(beginning) {
  const isModule = typeof beginning === "string";
  const contents = isModule
    ? `export { default } from "./${beginning}";`
    : beginning.map((sheet) => `@import "./${sheet}";`).join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: isModule ? "js" : "css" },
    bundle: true, minify: true, charset: "utf8", format: "esm", write: false, plugins: [oneLanguage],
  });
  // train_client.js looks for the default export
  return outputFiles[0].text.replace(/export\{([\w$]+) as default\};\s*$/, "export default $1;\n");
}

const texts = Object.entries(files).map(async ([name, beginning]) => [name, await small(beginning)]);
process.stdout.write(JSON.stringify(Object.fromEntries(await Promise.all(texts))));
