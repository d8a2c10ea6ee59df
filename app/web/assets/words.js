// Every word of the page in both languages, and how values of the API are written. No figure is worked out here.

import { en } from "./words-en.js";
import { zh } from "./words-zh.js";
import { state } from "./state.js";

const WORDS = { zh, en };

export const language = () => (state.lang === "en" ? "en" : "zh");

export function t(key, values = {}) {
  const text = WORDS[language()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in WORDS[language()];

// "150000.00" → "150,000"; fen are shown only where there are any.
export function grouped(figure) {
  const [whole, fraction = ""] = String(figure).split(".");
  const marked = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return /[1-9]/.test(fraction) ? `${marked}.${fraction}` : marked;
}

export const yuan = (figure) => t("yuan", { figure: grouped(figure) });

export function factValue(fact, value) {
  if (value === null || value === undefined) return t("not_sure");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.length ? value.map((one) => factValue(fact, one)).join(t("comma")) : t("none_of_these");
  const member = fact?.members.find((one) => one.value === value);
  if (member) return member.labels[language()];
  if (fact?.unit && has(`unit_${fact.unit}`)) return t(`unit_${fact.unit}`, { figure: grouped(value) });
  return String(value);
}

export const limitWords = (target) => t(`limit_${target.unit}`, { figure: target.limit });

export const dayWords = (iso) => dateWords(iso.slice(0, 10), { dateStyle: "long" });

export const monthWords = (name) => dateWords(`${name}-01`, { year: "numeric", month: "long" });

function dateWords(date, style) {
  const [year, month, day] = date.split("-").map(Number);
  const form = new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", { ...style, timeZone: "UTC" });
  return form.format(new Date(Date.UTC(year, month - 1, day)));
}
