// The page: three views over one state. It asks the public API for everything it shows.

import { ApiFault, read } from "./api.js";
import { showAsk } from "./ask.js";
import { showCatalogue } from "./catalogue.js";
import { showDeadline } from "./deadline.js";
import { button, el, fill } from "./dom.js";
import { enter, keep, readAddress, restore, returnTo, state } from "./state.js";
import { isTopic } from "./topics.js";
import { language, t } from "./words.js";

const VIEWS = { ask: showAsk, deadline: showDeadline, catalogue: showCatalogue };
const view = document.getElementById("view");

// What the catalogue says, in the present language: {facts by id, measures, targets, sources}.
const known = { facts: new Map(), measures: [], targets: [], sources: [] };

let turn = 0; // of two loads the later one counts

// Whether what came is still wanted.
async function load(mine) {
  const [facts, measures, targets, sources] = await Promise.all(["/v1/facts", "/v1/measures", "/v1/approval-targets", "/v1/sources"].map(read));
  if (mine !== turn) return false;
  known.facts = new Map(facts.items.map((fact) => [fact.id, fact]));
  known.measures = measures.items;
  known.targets = targets.items;
  known.sources = sources.items;
  if (!isTopic(state.topic, known.measures)) state.topic = null;
  state.trail = state.trail.filter(({ fact }) => known.facts.has(fact));
  return true;
}

function frame() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = t("page_title");
  for (const node of document.querySelectorAll("[data-i18n]")) node.textContent = t(node.dataset.i18n);
  for (const node of document.querySelectorAll("[data-i18n-label]")) node.setAttribute("aria-label", t(node.dataset.i18nLabel));
  const other = document.getElementById("lang");
  other.textContent = t("other_language");
  other.lang = language() === "zh" ? "en" : "zh-CN";
  fill(
    document.getElementById("tabs"),
    Object.keys(VIEWS).map((name) =>
      el("a", { href: `#view=${name}`, "aria-current": state.view === name ? "page" : null, onclick: (event) => go(event, { view: name }) }, t(`tab_${name}`)),
    ),
  );
}

function go(event, change) {
  event.preventDefault();
  open(change);
}

// Show another view, or the same one with something else chosen, and put the reader at its heading.
export function open(change) {
  enter(change);
  frame();
  show();
  view.querySelector("h1")?.focus();
  scrollTo({ top: 0 });
}

export function say(text) {
  document.getElementById("live").textContent = text;
}

export function edition(answer) {
  for (const node of document.querySelectorAll("[data-edition]")) node.textContent = t("edition", { version: answer.policy.version, on: answer.on });
}

// A failure in words, with a way to go on; the fault of one answer is told where it was given.
export function faultNotice(fault, again) {
  const kind = fault instanceof ApiFault ? fault.kind : "failed";
  if (!(fault instanceof ApiFault)) console.error(fault);
  if (kind === "closed") {
    return el("div", { class: "notice", role: "alert" }, el("h2", {}, t("fault_closed")), el("p", {}, t("fault_closed_note")));
  }
  const told = fault.errors?.map(({ message }) => el("p", {}, message)) ?? [];
  return el("div", { class: "notice", role: "alert" }, el("h2", {}, t(`fault_${kind}`)), told, el("p", {}, t("fault_kept")), button(t("retry"), again, "strong"));
}

function show() {
  const name = state.view in VIEWS ? state.view : "ask";
  document.body.dataset.view = name;
  VIEWS[name](view, known);
}

async function begin() {
  turn += 1;
  const mine = turn;
  frame();
  fill(view, el("p", { class: "quiet", role: "status" }, t("working")));
  try {
    if (!(await load(mine))) return;
  } catch (fault) {
    if (mine === turn) fill(view, faultNotice(fault, begin));
    return;
  }
  keep();
  show();
}

document.getElementById("lang").addEventListener("click", () => {
  state.lang = language() === "zh" ? "en" : "zh";
  begin();
});
document.querySelector(".brand").addEventListener("click", (event) => go(event, { view: "ask", topic: null }));
let returned = ""; // the address that "back" or "forward" has led to
addEventListener("popstate", (event) => {
  returned = event.state ? location.href : "";
  if (!event.state) return;
  returnTo(event.state);
  begin();
});
// What was asked for: meanwhile a page that was still loading may have written its own address over it.
addEventListener("hashchange", ({ newURL }) => {
  if (newURL === returned) return;
  readAddress(new URL(newURL).hash);
  scrollTo({ top: 0 });
  begin();
});

restore();
begin();
