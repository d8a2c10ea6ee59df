// One question's answer: buttons where there are few, a field where a value is typed. Values go to the service as written.

import { button, el } from "./dom.js";
import { language, t } from "./words.js";

const DECIMAL = ["money", "rate", "number"];
const COUNTY = "140722";

// `done` receives the value, or null for 'not sure'.
export function answerForm(fact, given, told, done) {
  const unsure = button(t("not_sure"), () => done(null), "unsure");
  if (fact.type === "bool") return choices([[t("yes"), true], [t("no"), false]], given, unsure, done);
  if (fact.type === "enum") return choices(fact.members.map((one) => [one.labels[language()], one.value]), given, unsure, done);
  if (fact.type === "set") return several(fact, given, unsure, done);
  return typed(fact, given, told, unsure, done);
}

function choices(options, given, unsure, done) {
  return el(
    "div",
    { class: "answers", role: "group", "aria-labelledby": "question-title" },
    options.map(([label, value]) => button(label, () => done(value), given === value ? "choice given" : "choice", { "aria-pressed": given === value ? "true" : null })),
    unsure,
  );
}

function several(fact, given, unsure, done) {
  const boxes = fact.members.map((one) => [el("input", { type: "checkbox", checked: Boolean(given?.includes(one.value)) }), one]);
  const chosen = () => boxes.filter(([box]) => box.checked).map(([, one]) => one.value);
  return el(
    "form",
    { onsubmit: (event) => { event.preventDefault(); done(chosen()); } },
    el("p", { class: "quiet" }, t("choose_any")),
    el("div", { class: "chips", role: "group", "aria-labelledby": "question-title" }, boxes.map(([box, one]) => el("label", { class: "chip" }, box, el("span", {}, one.labels[language()])))),
    el("div", { class: "answers" }, el("button", { type: "submit", class: "button strong" }, t("next")), button(t("none_of_these"), () => done([]), "choice"), unsure),
  );
}

function typed(fact, given, told, unsure, done) {
  const wrong = el("p", { class: "wrong", id: "wrong", role: "alert" }, told);
  const input = el("input", {
    id: "answer",
    type: fact.type === "date" ? "date" : "text",
    inputmode: DECIMAL.includes(fact.type) ? "decimal" : fact.type === "int" ? "numeric" : null,
    autocomplete: "off",
    spellcheck: "false",
    "aria-labelledby": "question-title",
    "aria-describedby": "wrong",
    "aria-invalid": told ? "true" : null,
    value: given ?? "",
  });
  const submit = (event) => {
    event.preventDefault();
    const value = input.value.trim();
    if (value) return done(value);
    wrong.textContent = t("must_choose");
    input.focus();
  };
  const local = fact.code === "division" ? el("div", { class: "answers" }, button(t("this_county"), () => done(COUNTY), "choice")) : null;
  return el(
    "form",
    { novalidate: true, onsubmit: submit },
    local,
    local ? el("p", { class: "quiet" }, t("other_division")) : null,
    el("div", { class: "typed" }, input, fact.unit ? el("span", { class: "suffix" }, t(`suffix_${fact.unit}`)) : null),
    wrong,
    el("div", { class: "answers" }, el("button", { type: "submit", class: "button strong" }, t("next")), unsure),
  );
}
