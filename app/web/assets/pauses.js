// The stretches in which an office's clock stood still: entered in rows, told to the service as they are.

import { button, el, fill } from "./dom.js";
import { t } from "./words.js";

const REASONS = ["applicant_correction", "expert_review", "hearing", "inspection", "testing", "public_notice", "force_majeure"];
const MOST = 20;

export const inBeijing = (moment) => `${moment.slice(0, 16)}:00+08:00`;

export const asSent = (entered) => entered.map(({ reason, from, to }) => ({ reason, from: inBeijing(from), to: to ? inBeijing(to) : null }));

// Rows that write into `entered`, a list of {reason, from, to} with moments as the fields hold them.
export function pauseRows(entered) {
  const rows = el("div", { class: "pauses" });
  const add = button(t("pause_add"), () => {
    entered.push({ reason: REASONS[0], from: "", to: "" });
    draw();
    rows.lastChild.querySelector("select").focus();
  }, "quiet-button", { id: "pause-add" });
  const draw = () => {
    fill(rows, entered.map((pause, index) => row(pause, index, () => remove(index))));
    add.hidden = entered.length >= MOST;
  };
  const remove = (index) => {
    entered.splice(index, 1);
    draw();
    add.focus();
  };
  draw();
  return el("fieldset", { class: "pause-set", id: "pauses" }, el("legend", {}, t("pauses")), el("p", { class: "quiet small" }, t("pauses_note")), rows, add);
}

function row(pause, index, remove) {
  const wrong = `pause-wrong-${index}`;
  const reason = el("select", { name: "reason", onchange: () => { pause.reason = reason.value; } }, REASONS.map((name) => el("option", { value: name }, t(`pause_${name}`))));
  reason.value = pause.reason;
  const moment = (name) =>
    el("input", { type: "datetime-local", name, required: name === "from", value: pause[name], "aria-describedby": wrong, oninput: ({ target }) => { pause[name] = target.value; } });
  return el(
    "div",
    { class: "pause", role: "group", "aria-label": t("pause_number", { number: index + 1 }) },
    el("label", { class: "field" }, el("span", {}, t("pause_reason")), reason),
    el("label", { class: "field" }, el("span", {}, t("pause_from")), moment("from")),
    el("label", { class: "field" }, el("span", {}, t("pause_to")), moment("to")),
    button(t("pause_remove"), remove, "link", { "aria-label": t("pause_remove_number", { number: index + 1 }) }),
    el("p", { class: "wrong", id: wrong, role: "alert" }),
  );
}

// Puts what the service says against a pause at its row; whether there was any such word.
export function complain(set, errors) {
  const rows = [...set.querySelectorAll(".pause")];
  for (const node of rows) {
    node.querySelector(".wrong").textContent = "";
    for (const field of node.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }
  const fields = errors.map(({ pointer, code, message }) => {
    const [, list, index, name] = pointer.split("/");
    const found = list === "pauses" ? rows[Number(index)] : null;
    if (!found) return null;
    const field = found.querySelector(`[name="${name ?? "from"}"]`);
    found.querySelector(".wrong").textContent = code === "time_order" ? t("pause_order") : message;
    field.setAttribute("aria-invalid", "true");
    return field;
  });
  const first = fields.find((field) => field !== null);
  first?.focus();
  return first !== undefined;
}
