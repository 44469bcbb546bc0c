// Ask a copy of the browser code, with one fault in it, all that the tests have asked it.
//
//     node replay.mjs FOLDER FILE SAMPLE
//
// Stryker runs this in its copy of the project, once without a fault, then once for each, whose
// number it puts into the environment. FOLDER/asked.json holds what was asked and answered
// (answers.py). The first run writes FOLDER/plan.json: which questions come to which fault, how
// often, and how long each takes. Every other run writes the answers that are others now to
// FOLDER/answers/number.json. Of the faults in FILE only SAMPLE are tried, evenly spread, unless
// that is 0.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

const [folder, file, sample] = process.argv.slice(2);
const { asked } = JSON.parse(readFileSync(resolve(folder, "asked.json"), "utf8"));
const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
const PLAN = resolve(folder, "plan.json");
const MOST = { hits: 100, time: 5 }; // times what it took without a fault: then it runs on and on
const LEAST = 2000; // milliseconds that every question may take
const stryker = (globalThis.__stryker__ ??= {}); // what the copy counts with
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
const moduleOf = ({ module }) => import(pathToFileURL(resolve("src/aelib/live", module)));

/** An answer as JSON, or an error; `hits` and `timeout`, in milliseconds, are the most it takes. */
async function answerTo({ module, expression, data }, hits, timeout) {
  try {
    globalThis.m = await moduleOf({ module });
    globalThis.d = JSON.parse(data);
    Object.assign(stryker, { hitCount: 0, hitLimit: hits });
    const value = await runInThisContext(`(${expression})`, { timeout });
    return { answer: JSON.stringify(value, plain) };
  } catch (error) {
    const late = error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT" || stryker.hitCount > hits;
    return late ? { error: "runs on and on", late } : { error: String(error.stack) };
  }
}

const same = (found, { answer }) => found.answer === JSON.stringify(JSON.parse(answer));

/** Answer without a fault, the same as before, and write down what comes to which fault. */
async function prepare() {
  for (const exchange of asked) await moduleOf(exchange);
  const wrong = {};
  const took = [];
  for (const [number, exchange] of asked.entries()) {
    stryker.currentTestId = `${number}`;
    const start = performance.now();
    const found = await answerTo(exchange, Infinity);
    took.push(performance.now() - start);
    if (!same(found, exchange)) wrong[number] = found;
  }
  const { static: always = {}, perTest = {} } = stryker.mutantCoverage ?? {};
  const all = Object.fromEntries(asked.map((_, number) => [number, null])); // without a limit
  const hits = Object.fromEntries(Object.keys(always).map((id) => [id, { ...all }]));
  for (const [number, faults] of Object.entries(perTest)) {
    for (const id of Object.keys(faults)) (hits[id] ??= {})[number] ??= faults[id];
  }
  const ids = [...readFileSync(file, "utf8").matchAll(/stryMutAct_\w+\("(\d+)"\)/g)];
  const faults = new Set(ids.map(([, id]) => id)).size;
  writeFileSync(PLAN, JSON.stringify({ hits, took, share: +sample ? sample / faults : 1 }));
  return wrong;
}

/** Answer with the fault that is chosen, up to a question without an end. */
async function attempt({ hits, took, share }) {
  const changed = {};
  if (Math.floor((+mutant + 1) * share) === Math.floor(mutant * share)) return changed; // not drawn
  for (const [number, times] of Object.entries(hits[mutant] ?? {})) {
    const timeout = Math.ceil(LEAST + MOST.time * took[number]);
    const found = await answerTo(asked[number], times ? MOST.hits * times : Infinity, timeout);
    if (!same(found, asked[number])) changed[number] = found;
    if (found.late) break;
  }
  writeFileSync(resolve(folder, "answers", `${mutant}.json`), JSON.stringify(changed));
  return changed;
}

const changed = await (mutant ? attempt(JSON.parse(readFileSync(PLAN, "utf8"))) : prepare());
if (!mutant && Object.keys(changed).length) console.error("answered otherwise:", changed);
process.exit(Object.keys(changed).length ? 1 : 0);
