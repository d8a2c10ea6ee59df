/** When a call is made again, and after how long. */
import { BeizengError, ConnectionLostError, ProblemError } from "./errors.js";

/** What repeating a call does: nothing (it reads or decides), nothing (its key has one effect), or perhaps more. */
export type Repeat = "safe" | "keyed" | "once";

export interface Retry {
  /** The first one counts; 1 never makes a call again. */
  readonly attempts: number;
  /** Milliseconds; doubled for each further attempt, and then drawn between half of it and all of it. */
  readonly firstWait: number;
  /** Milliseconds; a service that asks for more is not waited for. */
  readonly longestWait: number;
}

export const RETRY: Retry = { attempts: 4, firstWait: 250, longestWait: 30_000 };

/** Milliseconds until the next attempt, or `undefined` where there is no sense in another one. */
export function waitAfter(error: unknown, made: number, retry: Retry, repeat: Repeat): number | undefined {
  if (made >= retry.attempts || !(error instanceof BeizengError) || !mayRepeat(error, repeat)) return undefined;
  const drawn = Math.min(retry.firstWait * 2 ** (made - 1), retry.longestWait) * (0.5 + Math.random() / 2);
  const told = error instanceof ProblemError ? (error.retryAfter ?? 0) * 1000 : 0;
  const wait = Math.max(drawn, told);
  return wait > retry.longestWait ? undefined : wait;
}

function mayRepeat(error: BeizengError, repeat: Repeat): boolean {
  if (error instanceof ConnectionLostError) return repeat !== "once" || !error.sent;
  if (!(error instanceof ProblemError)) return false;
  if (error.status === 429) return true;
  if (error.code === "idempotency_in_progress") return repeat === "keyed";
  return error.status === 503 && repeat !== "once";
}
