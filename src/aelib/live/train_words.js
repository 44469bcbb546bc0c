// What the trainer says, in the languages of the pages.
import { SAID as ENGLISH } from "./train_words_en.js";
import { SAID as CHINESE } from "./train_words_zh.js";

/** @import { Mistake } from "./recipes.js" */
/** @import { Reason } from "./train_worker.js" */

/**
 * @typedef {Record<
 *   | "title" | "preset" | "activation" | "rate" | "batch" | "count" | "seed" | "hidden" | "hiddenHint"
 *   | "drawing" | "freshNoise" | "onceNoise" | "start" | "resume" | "pause" | "step" | "epoch" | "reset"
 *   | "chart" | "train" | "test" | "half" | "mean" | "pca" | "before" | "input" | "output" | "own"
 *   | "mistakes" | "mistakesHint" | "give" | "given" | "copy" | "copied" | "save" | "pad"
 *   | "padHint" | "show" | "learn" | "map" | "latent" | "noise" | "idle" | "changed" | "absent"
 *   | "digits" | "noExplorer" | "changedHidden",
 *   string
 * > & {
 *   presets: Record<string, string>,
 *   activations: Record<string, string>,
 *   mistake: Record<Mistake, [name: string, look: string]>,
 *   images: (count: number, megabytes: string) => string,
 *   loading: (done: number, all: number) => string,
 *   at: (epoch: number, step: number, rate: string) => string,
 *   say: (epoch: number, test: string) => string,
 *   done: (epochs: number) => string,
 *   failed: (reason: Reason | "unreachable", detail: string) => string,
 *   ownCount: (shown: number, learnt: number) => string,
 *   name: (latent: number | string) => string,
 * }} Words
 */

/** @type {Record<"zh" | "en", Words>} */
export const TRAIN_WORDS = { zh: CHINESE, en: ENGLISH };
