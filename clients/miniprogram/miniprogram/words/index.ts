/** The components' own words. What the service says comes in the same language, by Accept-Language. */

import type { Language } from "../api/answers";
import { en } from "./en";
import { zh } from "./zh";

export type Words = typeof zh;

export const wordsOf = (language: string): Words => (languageOf(language) === "en" ? en : zh);

/** "zh_CN", "zh-CN", "en", "en_GB" → one of the two that the service speaks. */
export const languageOf = (tag: string): Language => (/^en\b|^en_/i.test(tag) ? "en" : "zh-CN");

export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** "150000.00" → "150,000"; fen are shown only where there are any. The figure stays text: no binary fraction touches it. */
export function grouped(figure: string): string {
  const [whole = "", fraction = ""] = figure.split(".");
  const marked = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return /[1-9]/.test(fraction) ? `${marked}.${fraction}` : marked;
}

export const yuan = (words: Words, figure: string): string => filled(words.yuan, { figure: grouped(figure) });
