// The conversation: topic, a few first facts, then one question at a time, with the answers and the totals beside it.

import { edition, faultNotice, open, say } from "./app.js";
import { send } from "./api.js";
import { button, el, fill } from "./dom.js";
import { answerForm } from "./inputs.js";
import { asksOffices, fetchFacts, offer, officesTold, origin } from "./offices.js";
import { learnNatures, showResults } from "./results.js";
import { answer, CODE, facts, keep, ownAnswers, skipped, startOver, state, takeBack } from "./state.js";
import { clausesOf, topics } from "./topics.js";
import { factValue, language, t, yuan } from "./words.js";

const FIRST = ["entity_type", "registered_in_county"];
let turn = 0; // answers that arrive late are dropped

export function showAsk(view, known) {
  if (state.topic) conversation(view, known);
  else fill(view, topicChoice(known));
}

function topicChoice(known) {
  const choose = (id) => open({ topic: id });
  return [
    el("div", { class: "lead" }, el("h1", { tabindex: "-1" }, t("lead")), el("p", {}, t("lead_more"))),
    el(
      "ul",
      { class: "topics", "aria-label": t("topics") },
      topics(known.measures).map(({ id, clauses }) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: `topic topic-${id}`, "data-topic": id, onclick: () => choose(id) },
            el("strong", {}, t(`topic_${id}`)),
            el("span", {}, t(`topic_${id}_note`)),
            el("em", {}, t("measures_in_topic", { count: clauses.length })),
          ),
        ),
      ),
    ),
  ];
}

function topicName(known) {
  if (!/^m\d+$/.test(state.topic)) return t(`topic_${state.topic}`);
  return known.measures.find(({ clause }) => `m${clause}` === state.topic)?.title ?? state.topic;
}

function conversation(view, known) {
  const parts = {
    question: el("section", { class: "card question", "aria-labelledby": "question-title", id: "question" }),
    totals: el("section", { class: "totals", "aria-label": t("so_far"), id: "totals" }),
    trail: el("section", { class: "card trail", "aria-labelledby": "trail-title" }),
    results: el("section", { class: "results", "aria-labelledby": "results-title", id: "results" }),
  };
  fill(
    view,
    el("div", { class: "topic-line" }, el("h1", { tabindex: "-1" }, topicName(known)), button(t("change_topic"), () => open({ topic: null }), "link")),
    el("div", { class: "desk" }, el("div", { class: "left" }, parts.question), el("aside", { class: "right" }, parts.totals, parts.trail), parts.results),
  );
  const again = (focus = true) => refresh(parts, known, again, focus);
  again(false);
}

async function refresh(parts, known, again, focus) {
  turn += 1;
  const mine = turn;
  parts.question.setAttribute("aria-busy", "true");
  const clauses = clausesOf(state.topic, known.measures);
  const measures = clauses?.map(Number);
  try {
    const fetched = asksOffices(known) ? await askOffices(parts, known, measures) : "";
    const asked = { facts: facts(), skip: skipped(), ...(measures ? { measures } : {}) };
    const [all, money] = await Promise.all([
      send("/v1/eligibility", asked),
      send("/v1/subsidies/calculations", { ...asked, explain: "none" }),
    ]);
    await learnNatures(all.results);
    if (mine !== turn) return;
    draw(parts, known, { all, money }, again, focus);
    say([t("live", { count: all.counts.eligible, money: yuan(money.total.value) }), fetched].filter(Boolean).join(" "));
  } catch (fault) {
    if (mine !== turn) return;
    const pointed = fault.errors?.map(({ pointer }) => pointer.split("/")[2]).find((id) => known.facts.has(id));
    if (pointed) correct(parts, known, again, pointed, fault);
    else fill(parts.question, faultNotice(fault, () => again()));
  } finally {
    if (mine === turn) parts.question.removeAttribute("aria-busy");
  }
}

function askOffices(parts, known, measures) {
  parts.question.append(el("p", { class: "quiet", role: "status" }, t("offices_working")));
  return fetchFacts(known, measures);
}

function draw(parts, known, answers, again, focus) {
  drawTotals(parts.totals, answers);
  drawTrail(parts.trail, known, again);
  showResults(parts.results, known, answers, (id) => edit(parts, known, again, id));
  drawQuestion(parts.question, known, answers, again);
  edition(answers.all);
  if (focus) parts.question.querySelector("h2")?.focus();
}

function drawTotals(part, { all, money }) {
  const { total } = money;
  fill(
    part,
    el("p", { class: "sum" }, el("span", {}, t("money_so_far")), el("strong", { id: "total" }, yuan(total.value))),
    el("p", { class: "met" }, el("strong", { id: "met" }, String(all.counts.eligible)), ` ${t("meets_count")}`),
    all.counts.undetermined ? el("p", { class: "small" }, t("open_count", { count: all.counts.undetermined })) : null,
    total.separate.length ? el("p", { class: "small" }, t("money_separate", { count: total.separate.length })) : null,
    total.excludes.length ? el("p", { class: "small" }, t("money_parts", { count: total.excludes.length })) : null,
    all.warnings.map(({ message }) => el("p", { class: "small warning" }, message)),
  );
}

function drawTrail(part, known, again) {
  const entries = state.trail.map((entry) => {
    const { fact: id, value } = entry;
    const fact = known.facts.get(id);
    const label = fact.labels[language()];
    const change = () => {
      state.editing = id;
      again();
    };
    return el(
      "li",
      {},
      el("span", { class: "trail-label" }, label),
      el("span", { class: value === null ? "trail-value unsure" : "trail-value" }, factValue(fact, value)),
      origin(entry, known),
      button(t("change"), change, "link", { "aria-label": t("change_of", { label }) }),
    );
  });
  fill(
    part,
    el("h2", { id: "trail-title" }, t("your_answers")),
    officesTold(known, again),
    entries.length ? el("ol", {}, entries) : el("p", { class: "quiet" }, t("no_answers")),
    entries.length ? button(t("start_over"), () => { startOver(); open({}); }, "link") : null,
  );
  const list = part.querySelector("ol");
  if (list) list.scrollTop = list.scrollHeight;
}

function drawQuestion(part, known, answers, again) {
  if (state.editing && known.facts.has(state.editing)) {
    drawFact(part, known.facts.get(state.editing), null, again);
  } else if (!state.begun) {
    drawFirst(part, known, again);
  } else {
    const next = answers.money.next_question ?? answers.all.next_question;
    if (next) drawFact(part, known.facts.get(next.fact), next, again);
    else drawEnd(part, again);
  }
}

function drawFact(part, fact, asked, again, told = "") {
  const given = state.trail.find((entry) => entry.fact === fact.id);
  const own = ownAnswers();
  const note = fact.notes?.[language()];
  fill(
    part,
    el("p", { class: "eyebrow" }, t("question_number", { number: (asked ? 0 : own.indexOf(given) + 1) || own.length + 1 })),
    el("h2", { id: "question-title", tabindex: "-1", "data-fact": fact.id }, fact.questions[language()]),
    note ? el("p", { class: "quiet", id: "question-note" }, note) : null,
    answerForm(fact, given?.value, told, (value) => {
      answer(fact.id, value);
      again();
    }),
    el(
      "div",
      { class: "question-foot" },
      asked ? el("span", { class: "quiet" }, t("settles", { count: asked.settles })) : null,
      asked ? backButton(again) : button(t("cancel_change"), () => { state.editing = null; again(); }, "link"),
    ),
  );
}

// A value that the service refuses is taken back and asked for again, with what is wrong.
function correct(parts, known, again, id, fault) {
  const told = fault.errors.filter(({ pointer }) => pointer.split("/")[2] === id).map(({ message }) => message).join(" ");
  takeBack(id);
  drawTrail(parts.trail, known, again);
  drawFact(parts.question, known.facts.get(id), null, again, told);
  parts.question.querySelector("input")?.focus();
}

function edit(parts, known, again, id) {
  state.editing = id;
  again();
  parts.question.scrollIntoView({ block: "start" });
}

function backButton(again) {
  const last = ownAnswers().at(-1);
  const back = () => {
    state.editing = last.fact;
    again();
  };
  return last ? button(t("back"), back, "link") : null;
}

function drawFirst(part, known, again) {
  const given = state.trail.find((entry) => entry.fact === CODE)?.value;
  const code = el("input", { id: "first-code", name: CODE, type: "text", autocomplete: "off", spellcheck: "false", maxlength: "18", "aria-describedby": "first-code-hint first-code-wrong", value: given ?? "" });
  const wrong = el("p", { class: "wrong", id: "first-code-wrong", role: "alert" });
  const offices = offer(known);
  const groups = FIRST.map((id) => choice(known.facts.get(id)));
  const form = el(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        const asking = Boolean(offices?.wanted());
        if (asking && !code.value.trim()) {
          wrong.textContent = t("offices_need_code");
          code.focus();
          return;
        }
        if (code.value.trim()) answer(CODE, code.value.trim());
        for (const { id, value } of groups) if (value() !== undefined) answer(id, value());
        state.begun = true;
        state.asking = asking;
        keep();
        again();
      },
    },
    el("label", { class: "field" }, el("span", {}, t("code_label")), code, el("small", { class: "quiet", id: "first-code-hint" }, t(offices ? "code_hint_offices" : "code_hint"))),
    offices ? [wrong, offices.node] : null,
    groups.map(({ node }) => node),
    el("button", { type: "submit", class: "button strong" }, t("begin")),
  );
  fill(part, el("h2", { id: "question-title", tabindex: "-1" }, t("first_facts")), el("p", { class: "quiet" }, t("first_facts_note")), form);
}

// One fact as radio buttons; while none is chosen it counts as not yet asked.
function choice(fact) {
  const options = fact.type === "bool" ? [[t("yes"), true], [t("no"), false]] : fact.members.map((one) => [one.labels[language()], one.value]);
  const all = [...options, [t("not_sure"), null]];
  const given = state.trail.find((entry) => entry.fact === fact.id);
  const radios = all.map(([, value]) => el("input", { type: "radio", name: fact.id, checked: given?.value === value }));
  const node = el(
    "fieldset",
    {},
    el("legend", {}, fact.questions[language()]),
    el("div", { class: "chips" }, all.map(([label], index) => el("label", { class: "chip" }, radios[index], el("span", {}, label)))),
  );
  return { id: fact.id, node, value: () => all[radios.findIndex((radio) => radio.checked)]?.[1] };
}

function drawEnd(part, again) {
  const unsure = skipped().length;
  fill(
    part,
    el("p", { class: "eyebrow" }, t("question")),
    el("h2", { id: "question-title", tabindex: "-1" }, t("finished")),
    el("p", {}, t("finished_note")),
    unsure ? el("p", {}, t("finished_skipped", { count: unsure })) : null,
    el("div", { class: "question-foot" }, backButton(again)),
  );
}
