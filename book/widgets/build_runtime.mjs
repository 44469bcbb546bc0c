// node widgets/build_runtime.mjs DIRECTORY BANNER
// Bundle embed.js into DIRECTORY/widgets.js and widgets.css, with the licences of what is inside.
import { build } from "esbuild";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [, , directory, banner] = process.argv; // an absolute path, and the first line of both
const { metafile } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: { widgets: "embed.js" },
  outdir: directory,
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  legalComments: "none", // they are in the licence file, whole
  inject: ["amd_define.js"],
  alias: { "sanitize-html": "./no_sanitizer.js" },
  banner: { js: banner, css: banner },
  metafile: true,
  logLevel: "warning",
});

const packages = Object.keys(metafile.inputs)
  .map((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0])
  .filter(Boolean)
  .map((folder) => join(import.meta.dirname, folder));
const licences = [...new Set(packages)].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8") : "";
  return `${name} ${version} (${license})\n\n${text}`;
});
writeFileSync(join(directory, "widgets.LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n`));
