// When an office must be done: the service counts the days, the page lays them out by month and offers a calendar entry.

import { faultNotice } from "./app.js";
import { send } from "./api.js";
import { button, download, el, fill } from "./dom.js";
import { calendarFile } from "./ics.js";
import { asSent, complain, inBeijing, pauseRows } from "./pauses.js";
import { keep, state } from "./state.js";
import { dayWords, grouped, limitWords, monthWords, t } from "./words.js";

// What has been entered, kept while another view or language is shown.
const entered = { start: "", pauses: [] };

export function showDeadline(view, known) {
  const what = el("select", { id: "target" }, known.targets.map((target) => el("option", { value: target.id }, `${target.what}${t("comma")}${limitWords(target)}`)));
  if (known.targets.some(({ id }) => id === state.target)) what.value = state.target;
  const start = el("input", { id: "started", type: "datetime-local", required: true, value: entered.start || presentInBeijing(), oninput: () => { entered.start = start.value; } });
  const pauses = pauseRows(entered.pauses);
  const outcome = el("section", { id: "outcome", "aria-live": "polite" });
  const chosen = () => known.targets.find(({ id }) => id === what.value);
  const canPause = () => chosen().unit === "working_day";
  const offerPauses = () => { pauses.hidden = pauses.disabled = !canPause(); };
  const calculate = async () => {
    const target = chosen();
    state.target = target.id;
    keep();
    try {
      const found = await send(`/v1/approval-targets/${target.id}/deadline`, { started_at: inBeijing(start.value), pauses: canPause() ? asSent(entered.pauses) : [] });
      complain(pauses, []);
      fill(outcome, shown(target, found));
    } catch (fault) {
      if (complain(pauses, fault.errors ?? [])) fill(outcome);
      else fill(outcome, faultNotice(fault, calculate));
    }
  };
  what.addEventListener("change", offerPauses);
  offerPauses();
  fill(
    view,
    el("div", { class: "lead" }, el("h1", { tabindex: "-1" }, t("deadline_title")), el("p", {}, t("deadline_lead"))),
    el(
      "form",
      { class: "card deadline-form", onsubmit: (event) => { event.preventDefault(); calculate(); } },
      el("label", { class: "field" }, el("span", {}, t("deadline_what")), what),
      el("label", { class: "field" }, el("span", {}, t("deadline_start")), start),
      pauses,
      el("button", { type: "submit", class: "button strong" }, t("deadline_go")),
    ),
    outcome,
  );
}

function presentInBeijing() {
  return new Date().toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16).replace(" ", "T");
}

function shown(target, found) {
  const due = found.due_at;
  const save = () => download(`${target.id}.ics`, "text/calendar", calendarFile(target, found));
  return [
    el(
      "div",
      { class: "card due" },
      el("p", {}, t("deadline_due")),
      el("p", { class: "due-at", id: "due" }, due ? `${dayWords(due)} ${due.slice(11, 16)}` : t(found.state === "paused" ? "deadline_paused" : "deadline_none")),
      el("p", { class: `clock ${found.warning}`, id: "clock" }, t(`state_${found.state}`), t("stop"), clockWords(found)),
      el("p", { class: "quiet" }, `${limitWords(target)} · ${t("runs_from", { from: target.runs_from, to: target.ends_with })}`),
      el("p", { class: "quiet" }, target.units.join(t("comma"))),
      found.calendar === "provisional" ? el("p", { class: "small warning" }, t("calendar_provisional")) : null,
      found.caveats.map(({ text }) => el("p", { class: "small" }, text)),
      due ? button(t("ics"), save, "strong", { id: "ics" }) : null,
    ),
    found.days.length ? el("p", { class: "legend", "aria-label": t("legend") }, el("span", { class: "key counts" }, t("day_counts")), el("span", { class: "key skips" }, t("day_skips")), due ? el("span", { class: "key last" }, t("day_due")) : null) : null,
    el("div", { class: "months" }, months(found.days, due?.slice(0, 10))),
  ];
}

// How far the clock has run at present, in the unit that it counts.
const clockWords = ({ unit, used, remaining }) =>
  unit === "on_the_spot" ? "" : t("clock", { used: t(`limit_${unit}`, { figure: grouped(used) }), remaining: t(`limit_${unit}`, { figure: grouped(remaining) }) });

function months(days, due) {
  const named = new Map();
  for (const day of days) named.set(day.date.slice(0, 7), [...(named.get(day.date.slice(0, 7)) ?? []), day]);
  return [...named].map(([name, listed]) => month(name, new Map(listed.map((day) => [day.date, day])), due));
}

function month(name, days, due) {
  const [year, number] = name.split("-").map(Number);
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const cells = [...Array(before).fill(null), ...Array.from({ length }, (_, index) => index + 1)];
  const rows = [];
  for (let at = 0; at < cells.length; at += 7) rows.push(cells.slice(at, at + 7));
  return el(
    "table",
    { class: "month" },
    el("caption", {}, monthWords(name)),
    el("thead", {}, el("tr", {}, [...t("weekdays")].map((day) => el("th", { scope: "col" }, day)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((day) => cell(name, day, days, due))))),
  );
}

function cell(name, number, days, due) {
  if (number === null) return el("td");
  const date = `${name}-${String(number).padStart(2, "0")}`;
  const day = days.get(date);
  const style = [day ? (day.counts ? "counts" : "skips") : "", date === due ? "last" : ""].join(" ").trim();
  const why = day ? t(`why_${day.why}`) : "";
  return el("td", { class: style || null, "data-date": date }, el("span", { class: "day" }, String(number)), why ? el("span", { class: "why" }, date === due ? `${why} · ${t("day_due")}` : why) : null);
}
