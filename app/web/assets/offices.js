// Facts that other offices give by company code: asked for only when the visitor wants it, each shown with source and date.

import { send } from "./api.js";
import { button, el } from "./dom.js";
import { CODE, facts, keep, state, takeOver } from "./state.js";
import { language, t } from "./words.js";

const named = (known, id) => known.sources.find((source) => source.id === id)?.name ?? id;

const names = (known) => known.sources.map(({ name }) => name).join(t("comma"));

// The choice beside the company code; null where no office can be asked.
export function offer(known) {
  if (!known.sources.length) return null;
  const box = el("input", { type: "checkbox", id: "ask-offices", checked: state.asking, "aria-describedby": "ask-offices-note" });
  const node = el(
    "div",
    { class: "offer" },
    el("label", { class: "chip" }, box, el("span", {}, t("offices_ask"))),
    el("small", { class: "quiet", id: "ask-offices-note" }, t("offices_note", { names: names(known) })),
  );
  return { node, wanted: () => box.checked };
}

// Whether offices are to be asked now.
export const asksOffices = (known) => state.asking && known.sources.length > 0 && Boolean(facts()[CODE]);

// Asks the offices for what is not answered yet and takes over what they know: every office, or of those that were asked
// before the ones that gave no answer. Returns what is to be said of it.
export async function fetchFacts(known, measures) {
  const given = facts();
  const away = state.offices.filter(isAway);
  const asked = (away.length ? away : known.sources).map(({ id }) => id);
  const { sourced, sources } = await send("/v1/eligibility", { facts: given, sources: asked, explain: "none", ...(measures ? { measures } : {}) });
  if (facts()[CODE] !== given[CODE]) return ""; // meanwhile it is another firm
  const told = new Map([...state.offices, ...sources.map(report)].map((office) => [office.id, office]));
  takeOver(sourced, known.sources.flatMap(({ id }) => told.get(id) ?? []));
  return state.offices.map((office) => `${named(known, office.id)}${t("stop")}${outcomeOf(office, known)}`).join(" ");
}

// Where an answer comes from, if not from the visitor.
export function origin({ source, as_of: day }, known) {
  if (!source) return null;
  return el("span", { class: "origin" }, t("origin", { name: named(known, source) }), " · ", day ? el("time", { datetime: day }, day) : t("origin_undated"));
}

// How each office answered, with a way to ask those again that did not; or, while none was asked, a way to have them asked.
export function officesTold(known, again) {
  if (!known.sources.length || !state.begun) return null;
  const ask = () => {
    state.asking = true;
    if (!facts()[CODE]) state.editing = CODE;
    keep();
    again();
  };
  if (!state.offices.length) {
    return el("div", { class: "offices" }, el("p", {}, t("offices_note", { names: names(known) })), button(t("offices_ask"), ask, "link"));
  }
  return el(
    "div",
    { class: "offices" },
    el("h3", {}, t("offices_title")),
    el("ul", {}, state.offices.map((office) => el("li", { class: office.outcome }, el("strong", {}, named(known, office.id)), t("stop"), outcomeOf(office, known)))),
    state.offices.some(isAway) ? button(t("offices_again"), ask, "link") : null,
  );
}

const isAway = ({ outcome }) => outcome === "down";

const report = ({ id, state: outcome, reason, errors }) => ({ id, outcome, reason, wrong: errors.map(({ fact }) => fact) });

// In one phrase; values that cannot be used are named where nobody else gave the fact.
function outcomeOf({ id, outcome, reason, wrong }, known) {
  const count = state.trail.filter(({ source }) => source === id).length;
  const lacking = wrong.filter((fact) => known.facts.has(fact) && !state.trail.some((entry) => entry.fact === fact));
  if (outcome === "bad_value" && !lacking.length) return t("office_ok", { count });
  const labels = lacking.map((fact) => known.facts.get(fact).labels[language()]).join(t("comma"));
  return t(`office_${outcome}`, { count, facts: labels, reason: reason ? t(`trouble_${reason}`) : "" });
}
