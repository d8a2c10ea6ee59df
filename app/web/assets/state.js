// What the visitor has chosen and answered: in this tab only, gone when it is closed.
// The address carries the view, topic, filter and language, and never an answer.

const KEY = "beizeng.visit";
export const CODE = "uscc";
const PLACE = ["view", "topic", "clause", "target"];
const SHARED = [...PLACE, "show", "lang"];

export const state = {
  view: "ask", // ask | deadline | catalogue
  topic: null, // null until chosen
  show: "all", // which results: all | eligible | undetermined | near | ineligible
  lang: navigator.language?.toLowerCase().startsWith("en") ? "en" : "zh",
  clause: null,
  target: null,
  begun: false, // the first facts have been offered
  trail: [], // [{fact, value}] in the order of asking; value null: not known; source and as_of where an office gave it
  asking: false, // offices are to be asked for facts by company code
  offices: [], // [{id, outcome, reason, wrong}]: how each of them answered
  editing: null, // a fact whose answer is being changed
};

export function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    for (const name of ["trail", "offices"]) if (Array.isArray(kept[name])) state[name] = kept[name];
    for (const name of ["begun", "asking"]) state[name] = kept[name] === true;
    for (const name of SHARED) if (typeof kept[name] === "string") state[name] = kept[name];
  } catch {
    sessionStorage.removeItem(KEY); // a visit that cannot be read starts afresh
  }
  readAddress();
}

export function readAddress(hash = location.hash) {
  const shared = new URLSearchParams(hash.slice(1));
  for (const name of SHARED) if (shared.get(name)) state[name] = shared.get(name);
}

export function keep() {
  const { editing, ...visit } = state;
  sessionStorage.setItem(KEY, JSON.stringify(visit));
  history.replaceState(place(), "", shareLink());
}

const place = () => Object.fromEntries(PLACE.map((name) => [name, state[name]]));

// Goes to what is chosen; where that is another place, the browser's own "back" leads to this one again.
export function enter(change) {
  const isElsewhere = PLACE.some((name) => name in change && change[name] !== state[name]);
  Object.assign(state, change);
  if (isElsewhere) history.pushState(place(), "", shareLink());
  keep();
}

// A place that was left before; language and answers are as they are now.
export function returnTo(left) {
  for (const name of PLACE) state[name] = left[name];
  keep();
}

export function shareLink() {
  const shared = new URLSearchParams();
  for (const name of SHARED) if (state[name]) shared.set(name, state[name]);
  return `${location.origin}${location.pathname}#${shared}`;
}

export function answer(fact, value) {
  const known = state.trail.find((entry) => entry.fact === fact);
  if (fact === CODE && known?.value !== value) forgetOffices();
  const given = { fact, value };
  if (known) state.trail[state.trail.indexOf(known)] = given;
  else state.trail.push(given);
  state.editing = null;
  keep();
}

// Another code is another firm: what offices said of the first does not hold, and they are asked again.
function forgetOffices() {
  if (!state.offices.length) return;
  state.trail = state.trail.filter(({ source }) => !source);
  state.offices = [];
  state.asking = true;
}

// What offices know counts where the visitor has given no value.
export function takeOver(sourced, offices) {
  const given = new Set(state.trail.filter(({ value }) => value !== null).map(({ fact }) => fact));
  const taken = sourced.filter(({ fact }) => !given.has(fact));
  const facts = new Set(taken.map(({ fact }) => fact));
  state.trail = [...state.trail.filter(({ fact }) => !facts.has(fact)), ...taken];
  state.offices = offices;
  state.asking = false;
  keep();
}

export function takeBack(fact) {
  state.trail = state.trail.filter((entry) => entry.fact !== fact);
  state.editing = null;
  keep();
}

export function startOver() {
  state.trail = [];
  state.offices = [];
  state.begun = false;
  state.asking = false;
  state.editing = null;
  state.show = "all";
  keep();
}

export const facts = () => Object.fromEntries(state.trail.filter(({ value }) => value !== null).map(({ fact, value }) => [fact, value]));

export const ownAnswers = () => state.trail.filter(({ source }) => !source);

export const skipped = () => state.trail.filter(({ value }) => value === null).map(({ fact }) => fact);
