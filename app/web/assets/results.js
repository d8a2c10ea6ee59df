// Results as cards: whether, how much, by when, what is missing, which office, the words of the plan.

import { read } from "./api.js";
import { open, say } from "./app.js";
import { button, el, fill } from "./dom.js";
import { keep, shareLink, state } from "./state.js";
import { factValue, grouped, language, limitWords, t, yuan } from "./words.js";

const SHOWS = {
  all: () => true,
  eligible: ({ status }) => status === "eligible",
  undetermined: ({ status }) => status === "undetermined",
  near: ({ near_miss }) => near_miss.length > 0,
  ineligible: ({ status }) => status === "ineligible",
  not_in_force: ({ status }) => status === "not_in_force",
};
const ORDER = ["eligible", "near", "undetermined", "ineligible", "not_in_force"];
let words = "";

export function showResults(part, known, { all }, ask) {
  const list = el("div", { class: "cards", id: "cards" });
  const listed = el("p", { class: "small", role: "status", id: "listed" });
  const search = el("input", { id: "result-search", type: "search", placeholder: t("search_hint"), value: words });
  const redraw = () => {
    const found = sought(all.results);
    listed.textContent = t("listed", { count: found.length, total: all.results.length });
    fill(list, found.length ? found.map((result) => card(result, known, ask)) : el("p", { class: "quiet" }, t("no_results")));
  };
  search.addEventListener("input", () => {
    words = search.value;
    redraw();
  });
  fill(
    part,
    el("div", { class: "results-head" }, el("h2", { id: "results-title" }, t("results")), tools()),
    el("div", { class: "results-bar" }, filters(all.results, redraw), el("label", { class: "search" }, el("span", {}, t("search")), search)),
    listed,
    list,
  );
  redraw();
}

function tools() {
  const told = el("p", { class: "small told", role: "status" });
  const share = async () => {
    try {
      await navigator.clipboard.writeText(shareLink());
      told.textContent = t("shared");
    } catch {
      told.textContent = `${t("share_by_hand")} ${shareLink()}`;
    }
    say(told.textContent);
  };
  return el("div", { class: "tools" }, button(t("print"), () => print(), "quiet-button"), button(t("share"), share, "quiet-button", { id: "share" }), told);
}

function filters(results, redraw) {
  const buttons = Object.entries(SHOWS).map(([name, fits]) => {
    const count = results.filter(fits).length;
    const pick = () => {
      state.show = name;
      keep();
      for (const [other, node] of buttons) node.setAttribute("aria-pressed", String(other === name));
      redraw();
    };
    const node = button(t(`show_${name}`), pick, "filter", { "aria-pressed": String(state.show === name), "data-show": name });
    node.append(el("span", { class: "count" }, String(count)));
    return [name, node];
  });
  return el("div", { class: "filters", role: "group", "aria-label": t("filter_results") }, buttons.map(([, node]) => node));
}

const rank = (result) => ORDER.indexOf(result.near_miss.length ? "near" : result.status);

// The results that the filter and the words leave, those that matter most first.
function sought(results) {
  const parts = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const text = (result) => [result.title, result.outcome, result.units.join(" "), ...result.citations.map(({ quote }) => quote)].join(" ").toLowerCase();
  return results
    .filter(SHOWS[state.show] ?? SHOWS.all)
    .filter((result) => parts.every((word) => text(result).includes(word)))
    .sort((one, other) => rank(one) - rank(other));
}

function card(result, known, ask) {
  const targets = known.targets.filter(({ clause }) => clause === result.clause);
  const channel = known.measures.find(({ clause }) => clause === result.clause)?.channel;
  return el(
    "article",
    { class: `card result ${result.status}${result.near_miss.length ? " within-reach" : ""}`, "data-rule": result.rule_id },
    el("p", { class: "status" }, t(`status_${result.status}`), el("span", { class: "clause" }, t("clause_number", { clause: result.clause }))),
    el("h3", {}, result.title),
    money(result.amount),
    result.outcome ? el("p", { class: "outcome" }, result.outcome) : null,
    near(result, known),
    missing(t("missing"), result.missing_facts, known, ask),
    result.status === "eligible" ? missing(t("missing_for_amount"), result.amount.missing_facts, known, ask) : null,
    el(
      "dl",
      { class: "facts" },
      channel ? [el("dt", {}, t("channel")), el("dd", {}, channel.label)] : null,
      result.units.length ? [el("dt", {}, t("office")), el("dd", {}, result.units.join(t("comma")))] : null,
      targets.length && result.status !== "ineligible" ? [el("dt", {}, t("by_when")), el("dd", {}, targets.map(limit))] : null,
    ),
    more(result),
  );
}

function money({ status, value, nature }) {
  if (status === "computed") return el("p", { class: "amount" }, el("strong", {}, yuan(value)), nature ? el("span", {}, t(`nature_${nature}`)) : null);
  if (status === "not_published") return el("p", { class: "amount none" }, t("amount_not_published"));
  if (status === "undetermined") return el("p", { class: "amount none" }, t("amount_undetermined"));
  return null;
}

// What kind of money each rule's amount is. A result that is not met does not say it, its rule does.
const natures = new Map();

export async function learnNatures(results) {
  const wanted = results.filter(({ rule_id: id, near_miss: misses }) => misses.some(({ amount }) => amount !== null) && !natures.has(id));
  await Promise.all(wanted.map(async ({ rule_id: id }) => natures.set(id, (await read(`/v1/rules/${id}`)).amount.nature)));
}

// Each way to the measure as one sentence: what to change, and what it earns.
function near({ rule_id: id, near_miss: misses }, known) {
  if (!misses.length) return null;
  const ways = misses.map(({ changes, amount }) => {
    const steps = changes.map((change) => nearStep(change, known)).join(t("and"));
    return el("p", {}, amount === null ? t("gain_none", { steps }) : t(`gain_${natures.get(id)}`, { steps, money: yuan(amount) }));
  });
  return el("div", { class: "near" }, el("h4", {}, t("near_miss")), ways);
}

function nearStep({ fact: id, actual, operator, expected }, known) {
  const fact = known.facts.get(id);
  const to = expected?.fact ? t("quoted", { text: known.facts.get(expected.fact).labels[language()] }) : spaced(factValue(fact, expected));
  return t(`near_${operator}`, { fact: fact.labels[language()], from: spaced(factValue(fact, actual)), to });
}

// A figure within a Chinese sentence stands off from the character before it.
const spaced = (text) => (language() === "zh" && /^\d/.test(text) ? ` ${text}` : text);

function missing(title, ids, known, ask) {
  if (!ids.length) return null;
  const items = ids.map((id) => {
    const label = known.facts.get(id).labels[language()];
    return el("li", {}, button(label, () => ask(id), "link", { "aria-label": t("answer_this", { label }) }));
  });
  return el("div", { class: "missing" }, el("h4", {}, title), el("ul", {}, items));
}

function limit(target) {
  const go = () => open({ view: "deadline", target: target.id });
  return el("div", {}, `${target.what}${t("comma")}${limitWords(target)} `, button(t("deadline_go"), go, "link", { "aria-label": t("calendar_of", { what: target.what }) }));
}

function more(result) {
  const { from, to } = result.validity;
  return el(
    "details",
    {},
    el("summary", {}, t("details"), el("span", { class: "visually-hidden" }, ` ${result.title}`)),
    block(t("why"), result.reasons.map(({ truth, text }) => el("li", { class: `truth ${truth}` }, el("span", { class: "truth-word" }, t(`truth_${truth}`)), " ", text))),
    block(t("steps"), result.amount.steps.map(({ label, expression, value }) => el("li", {}, `${label}：`, el("code", {}, expression === value ? grouped(value) : `${expression} = ${grouped(value)}`)))),
    block(t("citations"), result.citations.map(({ title, clause, article, quote }) =>
      el("li", {}, quote ? el("blockquote", {}, quote) : null, el("cite", {}, [title, clause ? t("clause_number", { clause }) : article].filter(Boolean).join(" · "))))),
    block(t("interpretations"), result.interpretations.map((text) => el("li", {}, text))),
    block(t("caveats"), result.caveats.map(({ text }) => el("li", {}, text))),
    el("p", { class: "small quiet" }, to ? t("valid_between", { from, to }) : t("valid_from", { from })),
  );
}

// On paper, what is met or one step away is open, and what the reader has opened; afterwards all is as it was.
addEventListener("beforeprint", () => {
  for (const node of document.querySelectorAll(":is(.eligible, .within-reach) details:not([open])")) {
    node.open = true;
    node.dataset.opened = "for print";
  }
});
addEventListener("afterprint", () => {
  for (const node of document.querySelectorAll("[data-opened]")) {
    node.open = false;
    delete node.dataset.opened;
  }
});

const block = (title, items) => (items.length ? [el("h4", {}, title), el("ul", {}, items)] : null);
