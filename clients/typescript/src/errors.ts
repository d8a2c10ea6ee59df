/** What can go wrong with a call: the service refuses it, something else answers, or nothing does. */
import type { components } from "./schema.js";

export type Problem = components["schemas"]["Problem"];
export type ProblemEntry = components["schemas"]["ProblemEntry"];

/** A call that came to nothing. */
export class BeizengError extends Error {
  override readonly name: string = "BeizengError";
}

/** The service was not reached, or did not answer in time; `sent`: it may have received the call. */
export class ConnectionLostError extends BeizengError {
  override readonly name = "ConnectionLostError";

  constructor(
    message: string,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An answer that is not the service's own, such as a gateway's page. */
export class UnexpectedAnswerError extends BeizengError {
  override readonly name = "UnexpectedAnswerError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(`${status}: ${message}`);
  }
}

/** The service's refusal, read from its `application/problem+json`. */
export class ProblemError extends BeizengError {
  override readonly name = "ProblemError";

  /** `retryAfter`: seconds after which the service wants to be asked again. */
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | undefined,
  ) {
    const faults = problem.errors.map((entry) => `\n${entry.pointer}: ${entry.message} (${entry.code})`);
    super(`${problem.status} ${problem.code}: ${problem.detail} [${problem.request_id}]${faults.join("")}`);
  }

  /** The stable kind of the problem, such as `validation_failed`. */
  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** A short sentence, fit for a toast. */
  get title(): string {
    return this.problem.title;
  }

  /** Every bad value, with a pointer into the body; empty for other problems. */
  get errors(): readonly ProblemEntry[] {
    return this.problem.errors;
  }

  /** What to name when reporting the problem. */
  get requestId(): string {
    return this.problem.request_id;
  }
}
