// Calls of the public API. A failure is an ApiFault: `kind` says what to tell the owner, `errors` which values to correct.

import { language } from "./words.js";

const TIMEOUT_MS = 12_000;

export class ApiFault extends Error {
  constructor(kind, problem = null) {
    super(problem?.detail ?? kind);
    this.kind = kind;
    this.title = problem?.title ?? "";
    this.errors = problem?.errors ?? [];
  }
}

function kindOf(status) {
  if (status === 401 || status === 403) return "closed";
  if (status === 422) return "invalid";
  return "failed";
}

async function call(path, options = {}) {
  const headers = { Accept: "application/json", "Accept-Language": language() === "zh" ? "zh-CN" : "en", ...options.headers };
  let response;
  let body;
  try {
    response = await fetch(path, { ...options, headers, credentials: "omit", signal: AbortSignal.timeout(TIMEOUT_MS) });
    body = await response.json();
  } catch (error) {
    if (error.name === "TimeoutError") throw new ApiFault("slow");
    throw new ApiFault(navigator.onLine ? (response ? "failed" : "unreachable") : "offline");
  }
  if (!response.ok) throw new ApiFault(kindOf(response.status), body);
  return body;
}

export const read = (path) => call(path);

export const send = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
