import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { BeizengClient, ConnectionLostError, ProblemError, UnexpectedAnswerError, sign } from "beizeng-client";
import type { Schemas } from "beizeng-client";
import { AUTH, AUTH_SHA256, URL, VECTORS, faultyDoor } from "./service.js";
import type { Door } from "./service.js";

const FIRM: Schemas["Facts"] = {
  entity_type: "enterprise",
  registration_division: "140722",
  hnte_application_accepted: true,
  hnte_application_grant_received: false,
  hnte_certified_this_year: true,
  hnte_times_certified: 1,
  hnte_consecutive_certifications: 1,
};
const QUESTION = { facts: FIRM, on: "2023-06-01", measures: [38] };
const RULE = "m38-hnte-application-grant";
const QUICK = { firstWait: 10 };
const client = new BeizengClient(URL, { auth: AUTH, retry: QUICK });

/** What a promise is refused with. */
async function refusal<E>(kind: new (...given: never[]) => E, promise: Promise<unknown>): Promise<E> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof kind, String(error));
  return error;
}

describe("signatures", async () => {
  const vectors = JSON.parse(await readFile(VECTORS, "utf8")) as Record<string, string>[];
  for (const vector of vectors) {
    const text = (name: string): string => vector[name] ?? assert.fail(name);
    it(text("name"), () => {
      const parts = { method: text("method"), path: text("path"), query: text("query"), body: text("body") };
      for (const algorithm of ["sm3", "sha256"] as const) {
        const made = sign(text("secret"), parts, text("app_id"), text("timestamp"), text("nonce"), algorithm);
        assert.equal(made, text(`hmac_${algorithm}`));
      }
    });
  }
});

describe("answers", () => {
  it("is 210,000 yuan for the high-tech enterprise, as text", async () => {
    const answer = await client.calculate(QUESTION);
    const value: string = answer.total.value;
    assert.equal(value, "210000.00");
    assert.deepEqual(
      answer.results.map((result) => result.amount.value),
      ["60000.00", "150000.00"],
    );
    const other = new BeizengClient(URL, { auth: AUTH_SHA256 });
    assert.equal((await other.calculate(QUESTION)).total.value, "210000.00");
  });

  it("tells everything in one answer", async () => {
    const answer = await client.assess({ facts: FIRM, on: "2023-06-01", subjects: ["enterprise"] });
    assert.ok(answer.results.length > 50);
    assert.equal(
      Object.values(answer.counts).reduce((sum, count) => sum + count, 0),
      answer.results.length,
    );
    assert.equal(answer.targets.status, "undetermined");
  });

  it("reads any address, with its arguments typed", async () => {
    assert.equal((await client.get("/v1/measures/{clause}", { path: { clause: "38" } })).clause, "38");
    const found = await client.get("/v1/measures", { query: { kind: "benefit", q: "高新技术 企业" } });
    assert.ok(found.items.some((measure) => measure.clause === "38"));
    assert.equal((await client.get("/readyz")).status, "ready");
    const english = new BeizengClient(URL, { auth: AUTH, language: "en" });
    assert.match((await english.get("/v1/measures/{clause}", { path: { clause: "38" } })).title, /^[ -~]+$/);
  });

  it("gives receipts page by page", async () => {
    for (let asked = 0; asked < 3; asked += 1) await client.decide({ facts: {}, rules: [RULE] });
    const ids = [];
    for await (const receipt of client.items("/v1/decisions", { query: { limit: 2 } })) ids.push(receipt.id);
    assert.ok(ids.length >= 3);
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe("refusals", () => {
  it("names every fault and its place", async () => {
    const error = await refusal(ProblemError, client.decide({ facts: { employees: -1, hnte_times_certified: -2 } }));
    assert.equal(error.code, "validation_failed");
    assert.deepEqual(
      error.errors.map((entry) => [entry.pointer, entry.code]),
      [
        ["/facts/employees", "out_of_range"],
        ["/facts/hnte_times_certified", "out_of_range"],
      ],
    );
    assert.ok(error.message.includes(error.requestId));
  });

  it("asks who calls", async () => {
    const error = await refusal(ProblemError, new BeizengClient(URL).get("/v1/facts"));
    assert.deepEqual([error.status, error.code], [401, "missing_credentials"]);
  });
});

describe("calls that go astray", () => {
  let door: Door;
  let behind: BeizengClient;
  before(async () => {
    door = await faultyDoor();
    behind = new BeizengClient(door.base, { auth: AUTH, retry: QUICK });
  });
  after(() => door.close());

  const busy = (status: number, code: string, headers: Record<string, string> = {}) => {
    const problem = { type: `/problems/${code}`, code, title: "t", status, detail: "d", instance: "/", request_id: "r" };
    const body = JSON.stringify({ ...problem, errors: [] });
    return { status, headers: { "Content-Type": "application/problem+json", ...headers }, body };
  };

  it("makes busy and lost calls again, each signed with its own nonce", async () => {
    door.plan.push(busy(503, "overloaded", { "Retry-After": "0" }), busy(429, "rate_limited"), "lose answer");
    assert.equal((await behind.calculate(QUESTION)).total.value, "210000.00");
    assert.equal(new Set(door.calls.map((headers) => headers.get("X-Nonce"))).size, 4);
  });

  it("submits a registry once, though its answer is lost", async () => {
    const made = door.calls.length;
    door.plan.push("lose answer");
    const registry = new Blob(["entity,entity_type\n一号,enterprise\n"]);
    const job = await behind.submitScreening(registry, "名册.csv", { on: "2023-06-01", rules: [RULE] });
    assert.equal(job.file_name, "名册.csv");
    assert.equal(new Set(door.calls.slice(made).map((headers) => headers.get("Idempotency-Key"))).size, 1);
    const jobs = [];
    for await (const found of client.items("/v1/screenings")) jobs.push(found);
    assert.equal(jobs.filter((found) => found.created_at === job.created_at).length, 1);
    assert.equal(door.calls.length, made + 2);
  });

  it("does not remove twice, and does not wait for ever", async () => {
    const made = door.calls.length;
    door.plan.push("lose answer");
    const gone = await refusal(ConnectionLostError, behind.delete("/v1/screenings/{id}", { path: { id: "none" } }));
    assert.ok(gone.sent);
    door.plan.push(busy(429, "rate_limited", { "Retry-After": "3600" }));
    assert.equal((await refusal(ProblemError, behind.get("/v1/facts"))).retryAfter, 3600);
    assert.equal(door.calls.length, made + 2);
  });

  it("knows what is not the service", async () => {
    door.plan.push({ status: 502, headers: { "Content-Type": "text/html" }, body: "<h1>Bad Gateway</h1>" });
    assert.equal((await refusal(UnexpectedAnswerError, behind.get("/v1/facts"))).status, 502);
    door.plan.push({ status: 200, headers: { "Content-Type": "text/html" }, body: "<h1>Log in</h1>" });
    await refusal(UnexpectedAnswerError, behind.get("/v1/facts"));
    const left = await faultyDoor();
    left.close();
    const nobody = new BeizengClient(left.base, { retry: QUICK });
    assert.equal((await refusal(ConnectionLostError, nobody.get("/v1/facts"))).sent, false);
  });
});
