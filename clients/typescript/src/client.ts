/** The client: every operation of the service, typed by its own description. */
import { randomUUID } from "node:crypto";
import { BeizengError, ConnectionLostError, ProblemError, UnexpectedAnswerError } from "./errors.js";
import type { Problem } from "./errors.js";
import type { Answer, Body, Given, Item, Method, PagedPath, PathOf } from "./operations.js";
import { RETRY, waitAfter } from "./retrying.js";
import type { Repeat, Retry } from "./retrying.js";
import type { components, paths } from "./schema.js";
import type { Auth } from "./signing.js";

export type Schemas = components["schemas"];

export interface ClientOptions {
  readonly auth?: Auth;
  readonly language?: "zh-CN" | "en";
  readonly retry?: Partial<Retry>;
  /** Milliseconds for each attempt; the service itself answers within ten seconds. */
  readonly timeout?: number;
}

interface Arguments {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** These POSTs write, and have one effect for each `Idempotency-Key`. */
const WRITES: ReadonlySet<string> = new Set(["/v1/screenings", "/v1/screenings/{id}/cancel"]);
const NOT_SENT: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * Calls one service. Money and rates are text, as they come: use a decimal type, never a number.
 *
 * Every method throws `ProblemError` where the service refuses, `ConnectionLostError` where it is not reached, and
 * `UnexpectedAnswerError` where something else answers.
 */
export class BeizengClient {
  readonly #base: string;
  readonly #auth: Auth | undefined;
  readonly #language: string;
  readonly #retry: Retry;
  readonly #timeout: number;

  constructor(baseUrl: string, options: ClientOptions = {}) {
    this.#base = baseUrl.replace(/\/+$/, "");
    this.#auth = options.auth;
    this.#language = options.language ?? "zh-CN";
    this.#retry = { ...RETRY, ...options.retry };
    this.#timeout = options.timeout ?? 15_000;
  }

  /** Decides every selected rule. */
  decide(body: Schemas["DecisionRequest"]): Promise<Schemas["DecisionAnswer"]> {
    return this.post("/v1/eligibility", { body });
  }

  /** Decides the selected rules that have an amount, and adds the amounts up. */
  calculate(body: Schemas["DecisionRequest"]): Promise<Schemas["CalculationAnswer"]> {
    return this.post("/v1/subsidies/calculations", { body });
  }

  /** Everything that a home screen shows: every rule, the total, the next question, the time limits. */
  assess(body: Schemas["AssessmentRequest"]): Promise<Schemas["AssessmentAnswer"]> {
    return this.post("/v1/assessments", { body });
  }

  /** Reads from any address of the service. */
  get<P extends PathOf<"get">>(path: P, ...[given]: Given<P, "get">): Promise<Answer<P, "get">> {
    return this.#call<Answer<P, "get">>("get", path, given ?? {});
  }

  /** Posts to any address of the service; what writes carries an `Idempotency-Key`. */
  post<P extends PathOf<"post">>(path: P, ...[given]: Given<P, "post">): Promise<Answer<P, "post">> {
    return this.#call<Answer<P, "post">>("post", path, given ?? {});
  }

  /** Removes. Not done again where the answer is lost. */
  delete<P extends PathOf<"delete">>(path: P, ...[given]: Given<P, "delete">): Promise<Answer<P, "delete">> {
    return this.#call<Answer<P, "delete">>("delete", path, given ?? {});
  }

  /** Every item of a list, page by page. */
  async *items<P extends PagedPath>(path: P, ...[given]: Given<P, "get">): AsyncGenerator<Item<P>, void, undefined> {
    const asked: Arguments = given ?? {};
    let cursor: string | null | undefined;
    do {
      const query = cursor === undefined ? asked.query : { ...asked.query, cursor };
      const page = await this.#call<{ items: Item<P>[]; next_cursor: string | null }>("get", path, {
        ...asked,
        ...(query === undefined ? {} : { query }),
      });
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  /** Submits a registry (csv, xlsx, parquet) to be screened; `mapping`: the mapping file's YAML. */
  async submitScreening(
    file: Blob,
    name: string,
    options: Omit<Body<"/v1/screenings", "post">, "source"> = {},
    { mapping, idempotencyKey }: { mapping?: string; idempotencyKey?: string } = {},
  ): Promise<Schemas["Screening"]> {
    const form = new FormData();
    form.append("file", file, name);
    form.append("options", JSON.stringify(options));
    if (mapping !== undefined) form.append("mapping", mapping);
    const packed = new Response(form);
    const headers = { "Content-Type": packed.headers.get("Content-Type") ?? "" };
    const body = new Uint8Array(await packed.arrayBuffer());
    const sent = this.#sent("POST", "/v1/screenings", {}, body, this.#keyed(headers, idempotencyKey));
    return (await this.#repeated(sent, "keyed")).json() as Promise<Schemas["Screening"]>;
  }

  /** The answer's own bytes: a file or the report of a screening. */
  async download(path: string): Promise<Uint8Array> {
    const answer = await this.#repeated(this.#sent("GET", path, {}, new Uint8Array(), {}), "safe");
    return new Uint8Array(await answer.arrayBuffer());
  }

  async #call<A>(method: Method, path: keyof paths, given: Arguments): Promise<A> {
    const writes = method === "post" && WRITES.has(path);
    const content = given.body === undefined ? "" : JSON.stringify(given.body);
    const headers: Record<string, string> = given.body === undefined ? {} : { "Content-Type": "application/json" };
    const sent = this.#sent(
      method.toUpperCase(),
      filled(path, given.path ?? {}),
      given.query ?? {},
      new TextEncoder().encode(content),
      writes ? this.#keyed(headers, given.idempotencyKey) : headers,
    );
    const answer = await this.#repeated(sent, writes ? "keyed" : method === "delete" ? "once" : "safe");
    if (answer.headers.get("Content-Type")?.split(";")[0] !== "application/json") {
      throw new UnexpectedAnswerError(answer.status, "no answer of this service");
    }
    return (await answer.json()) as A;
  }

  #keyed(headers: Readonly<Record<string, string>>, key: string | undefined): Record<string, string> {
    return { ...headers, "Idempotency-Key": key ?? randomUUID() };
  }

  #sent(
    method: string,
    path: string,
    query: Readonly<Record<string, unknown>>,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Sent {
    const url = new URL(this.#base + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) url.searchParams.append(name, String(value));
    }
    return { method, url, body, headers: { "Accept-Language": this.#language, ...headers } };
  }

  async #repeated(sent: Sent, repeat: Repeat): Promise<Response> {
    for (let made = 1; ; made += 1) {
      try {
        return await this.#exchange(sent);
      } catch (error) {
        const wait = waitAfter(error, made, this.#retry, repeat);
        if (wait === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #exchange({ method, url, body, headers }: Sent): Promise<Response> {
    const signed = this.#auth?.({ method, path: url.pathname, query: url.search.slice(1), body }) ?? {};
    let answer: Response;
    let refusal: string | undefined;
    try {
      answer = await fetch(url, {
        method,
        headers: { ...headers, ...signed },
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeout),
        ...(body.length > 0 ? { body } : {}),
      });
      if (!answer.ok) refusal = await answer.text();
    } catch (error) {
      throw connectionLost(error);
    }
    if (refusal !== undefined) throw refused(answer, refusal);
    return answer;
  }
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function connectionLost(error: unknown): ConnectionLostError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return new ConnectionLostError(String(cause), !NOT_SENT.has(code), { cause: error });
}

function refused(answer: Response, text: string): BeizengError {
  if (answer.headers.get("Content-Type")?.split(";")[0] === "application/problem+json") {
    return new ProblemError(JSON.parse(text) as Problem, retryAfter(answer));
  }
  return new UnexpectedAnswerError(answer.status, `no answer of this service: ${text.slice(0, 80)}`);
}

/** Seconds, from either form of the header. */
function retryAfter(answer: Response): number | undefined {
  const told = answer.headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(told)) return Number(told);
  const moment = Date.parse(told);
  return Number.isNaN(moment) ? undefined : Math.max(0, (moment - Date.now()) / 1000);
}
