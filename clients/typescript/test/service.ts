/** The live service that the tests call, and a faulty way to it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { signature } from "beizeng-client";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export const URL = setting("BEIZENG_URL");
export const VECTORS = setting("BEIZENG_VECTORS");
export const AUTH = signature(setting("BEIZENG_APP_ID"), setting("BEIZENG_SECRET"));
export const AUTH_SHA256 = signature(setting("BEIZENG_APP_ID"), setting("BEIZENG_SECRET"), "sha256");

/** What happens to the next call: the answer is lost, or it is given. */
export type Step = "lose answer" | { status: number; headers: Record<string, string>; body: string };

export interface Door {
  readonly base: string;
  readonly plan: Step[];
  /** The headers of every call that came. */
  readonly calls: Headers[];
  close(): void;
}

/** An HTTP server before the service that passes calls on, unless its plan says otherwise. */
export async function faultyDoor(): Promise<Door> {
  const plan: Step[] = [];
  const calls: Headers[] = [];
  const server = createServer(async (request, response) => {
    const headers = new Headers(request.headers as Record<string, string>);
    calls.push(headers);
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const step = plan.shift();
    if (typeof step === "object") {
      response.writeHead(step.status, step.headers).end(step.body);
      return;
    }
    const sent = new Headers(headers);
    for (const name of ["connection", "content-length", "host", "transfer-encoding"]) sent.delete(name);
    const method = request.method ?? "GET";
    const answer = await fetch(URL + (request.url ?? "/"), { method, headers: sent, ...(body.length > 0 ? { body } : {}) });
    const content = Buffer.from(await answer.arrayBuffer());
    if (step === "lose answer") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" }).end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    plan,
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
