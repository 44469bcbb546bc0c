// What the explorer says, in the languages of the pages.
import { SAID as ENGLISH } from "./words_en.js";
import { SAID as CHINESE } from "./words_zh.js";

/**
 * @typedef {Record<
 *   | "title" | "original" | "noisy" | "reconstruction" | "error" | "errorScale" | "strip"
 *   | "draw" | "pad" | "undo" | "clear" | "sample" | "codeHint" | "codeMap" | "reset"
 *   | "classes" | "giveBack" | "noise" | "size" | "network" | "pause",
 *   string
 * > & {
 *   choose: (digits: boolean) => string,
 *   padHint: (digits: boolean) => string,
 *   tile: (label: number | string | undefined, i: number) => string,
 *   lent: (name: string) => string,
 *   sampleNumber: (seed: number) => string,
 *   code: (size: number | string) => string,
 *   codeValue: (i: number, n: number) => string,
 *   classesSay: (name: string, percent: number) => string,
 *   say: (noise: string, error: string, ratio: string) => string,
 * }} Words
 */

/** @type {Record<"zh" | "en", Words>} */
export const WORDS = { zh: CHINESE, en: ENGLISH };
