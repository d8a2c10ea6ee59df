// All measures of the plan, found by words or kind, each with its text.

import { faultNotice, open, say } from "./app.js";
import { read } from "./api.js";
import { button, el, fill } from "./dom.js";
import { keep, state } from "./state.js";
import { t } from "./words.js";

const KINDS = ["benefit", "financing", "procedure", "service", "target", "indicator", "duty"];
const PATIENCE_MS = 200;

export function showCatalogue(view) {
  const list = el("div", { class: "measures", id: "measures" });
  const count = el("p", { class: "quiet", role: "status", id: "measure-count" });
  const search = el("input", { id: "measure-search", type: "search" });
  const kind = el("select", { id: "measure-kind" }, el("option", { value: "" }, t("any_kind")), KINDS.map((name) => el("option", { value: name }, t(`kind_${name}`))));
  let turn = 0;
  let waiting;
  const find = async () => {
    turn += 1;
    const mine = turn;
    const query = new URLSearchParams();
    if (search.value.trim()) query.set("q", search.value.trim());
    if (kind.value) query.set("kind", kind.value);
    try {
      const { items, total } = await read(`/v1/measures${query.size ? `?${query}` : ""}`);
      if (mine !== turn) return;
      count.textContent = t("catalogue_count", { count: total });
      fill(list, grouped(items));
      if (mine === 1) list.querySelector("details[open]")?.scrollIntoView({ block: "start" });
    } catch (fault) {
      if (mine === turn) fill(list, faultNotice(fault, find));
    }
  };
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, PATIENCE_MS);
  });
  kind.addEventListener("change", find);
  fill(
    view,
    el("div", { class: "lead" }, el("h1", { tabindex: "-1" }, t("catalogue_title")), el("p", {}, t("catalogue_lead"))),
    el("div", { class: "results-bar" }, el("label", { class: "search" }, el("span", {}, t("catalogue_search")), search), el("label", { class: "search" }, el("span", {}, t("catalogue_kind")), kind)),
    count,
    list,
  );
  find();
}

function grouped(items) {
  const groups = Map.groupBy ? Map.groupBy(items, ({ group }) => group) : byGroup(items);
  return [...groups].map(([group, measures]) => el("section", {}, el("h2", { class: "group" }, group), measures.map(entry)));
}

function byGroup(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return groups;
}

function entry(item) {
  const number = /^\d+$/.test(item.clause) ? item.clause : item.clause.toUpperCase();
  const node = el(
    "details",
    { class: "measure", "data-clause": item.clause, open: state.clause === item.clause },
    el("summary", {}, el("span", { class: "number" }, number), el("span", { class: "measure-title" }, item.title), el("span", { class: "kinds" }, item.kinds.map((kind) => t(`kind_${kind}`)).join(t("comma")))),
    el("p", {}, item.text),
    el("p", { class: "small channel" }, el("strong", {}, `${t("channel")} `), item.channel.label, item.channel.quote ? el("q", {}, item.channel.quote) : null),
    item.units.length ? el("p", { class: "small" }, el("strong", {}, `${t("office")} `), item.units.join(t("comma"))) : null,
    /^\d+$/.test(item.clause) ? button(t("ask_about"), () => open({ view: "ask", topic: `m${item.clause}` }), "quiet-button") : null,
  );
  node.addEventListener("toggle", () => {
    if (node.open) state.clause = item.clause;
    else if (state.clause === item.clause) state.clause = null;
    keep();
    if (node.open) say(item.title);
  });
  return node;
}
