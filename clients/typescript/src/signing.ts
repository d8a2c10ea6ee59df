/** How a call shows who makes it. A secret belongs on a server, never into a page or a mini-program. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import smCrypto from "sm-crypto";

export type Algorithm = "sm3" | "sha256";

/** What is signed of a call: path and query as in the request line, and the bytes of its body. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string | Uint8Array;
}

/** The headers of a call, made anew for each attempt. */
export type Auth = (parts: SignedParts) => Record<string, string>;

/** The signature in hexadecimal: HMAC-SM3 (GB/T 32905) or HMAC-SHA256 of the seven lines. */
export function sign(
  secret: string,
  parts: SignedParts,
  appId: string,
  timestamp: string,
  nonce: string,
  algorithm: Algorithm = "sm3",
): string {
  const sortedQuery = parts.query.split("&").sort().join("&");
  const digest = createHash("sha256").update(parts.body).digest("hex");
  const text = [parts.method, parts.path, sortedQuery, digest, appId, timestamp, nonce].join("\n");
  if (algorithm === "sha256") return createHmac("sha256", secret).update(text).digest("hex");
  const key = Buffer.from(secret, "utf8").toString("hex");
  return smCrypto.sm3(text, { mode: "hmac", key });
}

/** Signs each call with the secret that `beizeng apps add` has shown. */
export function signature(appId: string, secret: string, algorithm: Algorithm = "sm3"): Auth {
  return (parts) => {
    const timestamp = Math.floor(Date.now() / 1000).toString();
    const nonce = randomBytes(16).toString("hex");
    return {
      "X-App-Id": appId,
      "X-Timestamp": timestamp,
      "X-Nonce": nonce,
      "X-Signature": sign(secret, parts, appId, timestamp, nonce, algorithm),
    };
  };
}

/** A plain key, for development and low-risk reading where the service allows it. */
export function apiKey(key: string): Auth {
  return () => ({ "X-Api-Key": key });
}
