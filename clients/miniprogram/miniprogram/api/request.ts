/**
 * wx.request as a call that always comes back: with the answer, or with a fault that says what to tell the asker.
 * Only GET and POST; no cookies. Every call that is made here is safe to repeat.
 */

import type { Entry, Language, Problem } from "./answers";

export interface Service {
  baseUrl: string;
  language: Language;
  /** Milliseconds for one try. */
  timeout: number;
}

/** What to tell: no network, no answer in time, not reachable, too busy, callers must be known, or the problem's own words. */
export type FaultKind = "offline" | "timeout" | "unreachable" | "busy" | "closed" | "problem";

export interface Fault {
  kind: FaultKind;
  code: string;
  /** The problem's title; empty where nothing was answered. */
  title: string;
  detail: string;
  errors: Entry[];
  /** Names the call in the service's log. */
  requestId: string;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; fault: Fault };

type Reply = { status: number; header: Record<string, string>; body: unknown } | { failure: string };

const TRIES = 3;
const LONGEST_WAIT_SECONDS = 3;
const BUSY = [429, 503];
const CLOSED = [401, 403];

export async function request<T>(service: Service, method: "GET" | "POST", path: string, data?: object): Promise<Outcome<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await send(service, method, path, data);
    if ("failure" in reply) return { ok: false, fault: await silence(reply.failure) };
    if (isSuccess(reply.status) && isObject(reply.body)) return { ok: true, value: reply.body as T };
    const wait = BUSY.includes(reply.status) ? secondsToWait(reply.header) : null;
    if (wait === null || wait > LONGEST_WAIT_SECONDS || attempt === TRIES) return { ok: false, fault: told(reply.status, reply.body) };
    await pause(wait);
  }
}

function send(service: Service, method: "GET" | "POST", path: string, data?: object): Promise<Reply> {
  return new Promise((resolve) => {
    wx.request({
      url: `${service.baseUrl.replace(/\/+$/, "")}${path}`,
      method,
      ...(data ? { data } : {}),
      header: { "content-type": "application/json", accept: "application/json", "accept-language": service.language },
      timeout: service.timeout,
      success: ({ statusCode, header, data: body }) => resolve({ status: statusCode, header: header as Record<string, string>, body }),
      fail: ({ errMsg }) => resolve({ failure: errMsg }),
    });
  });
}

/** The seconds that `Retry-After` names; platforms differ in how they write a header's name. */
function secondsToWait(header: Record<string, string>): number | null {
  const name = Object.keys(header).find((one) => one.toLowerCase() === "retry-after");
  const value = name === undefined ? undefined : header[name];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

/** Nothing was answered: why not. */
async function silence(failure: string): Promise<Fault> {
  if (/time.?out/i.test(failure)) return fault("timeout");
  return fault((await isOffline()) ? "offline" : "unreachable");
}

function isOffline(): Promise<boolean> {
  return new Promise((resolve) => {
    wx.getNetworkType({ success: ({ networkType }) => resolve(networkType === "none"), fail: () => resolve(false) });
  });
}

/** The problem that was answered; what is no problem of the service comes from something before it. */
function told(status: number, body: unknown): Fault {
  const kind = BUSY.includes(status) ? "busy" : CLOSED.includes(status) ? "closed" : "problem";
  if (!isProblem(body)) return fault(kind === "problem" ? "unreachable" : kind);
  return { kind, code: body.code, title: body.title, detail: body.detail, errors: body.errors ?? [], requestId: body.request_id };
}

const fault = (kind: FaultKind): Fault => ({ kind, code: kind, title: "", detail: "", errors: [], requestId: "" });

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const isObject = (body: unknown): body is Record<string, unknown> => typeof body === "object" && body !== null;

const isProblem = (body: unknown): body is Problem => isObject(body) && typeof body.code === "string" && typeof body.title === "string";

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
