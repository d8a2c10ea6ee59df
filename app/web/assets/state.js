// What the visitor has chosen and answered: in this tab only, gone when it is closed.
// The address carries the view, topic, filter and language, and never an answer.

const KEY = "beizeng.visit";
const SHARED = ["view", "topic", "show", "lang", "clause", "target"];

export const state = {
  view: "ask", // ask | deadline | catalogue
  topic: null, // null until chosen
  show: "all", // which results: all | eligible | undetermined | near | ineligible
  lang: navigator.language?.toLowerCase().startsWith("en") ? "en" : "zh",
  clause: null,
  target: null,
  begun: false, // the first facts have been offered
  trail: [], // [{fact, value}] in the order of asking; value null: not known
  editing: null, // a fact whose answer is being changed
};

export function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    if (Array.isArray(kept.trail)) state.trail = kept.trail;
    state.begun = kept.begun === true;
    for (const name of SHARED) if (typeof kept[name] === "string") state[name] = kept[name];
  } catch {
    sessionStorage.removeItem(KEY); // a visit that cannot be read starts afresh
  }
  readAddress();
}

export function readAddress() {
  const shared = new URLSearchParams(location.hash.slice(1));
  for (const name of SHARED) if (shared.get(name)) state[name] = shared.get(name);
}

export function keep() {
  const { editing, ...visit } = state;
  sessionStorage.setItem(KEY, JSON.stringify(visit));
  history.replaceState(null, "", shareLink());
}

export function shareLink() {
  const shared = new URLSearchParams();
  for (const name of SHARED) if (state[name]) shared.set(name, state[name]);
  return `${location.origin}${location.pathname}#${shared}`;
}

export function answer(fact, value) {
  const known = state.trail.find((entry) => entry.fact === fact);
  if (known) known.value = value;
  else state.trail.push({ fact, value });
  state.editing = null;
  keep();
}

export function takeBack(fact) {
  state.trail = state.trail.filter((entry) => entry.fact !== fact);
  state.editing = null;
  keep();
}

export function startOver() {
  state.trail = [];
  state.begun = false;
  state.editing = null;
  state.show = "all";
  keep();
}

export const facts = () => Object.fromEntries(state.trail.filter(({ value }) => value !== null).map(({ fact, value }) => [fact, value]));

export const skipped = () => state.trail.filter(({ value }) => value === null).map(({ fact }) => fact);
