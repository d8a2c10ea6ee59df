// Writes src/schema.ts, the types of every operation, from the description that a running service gives of itself.
import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const base = process.env.BEIZENG_URL ?? "http://127.0.0.1:8000";
const answer = await fetch(`${base}/openapi.json`);
if (!answer.ok) throw new Error(`${base}/openapi.json: ${answer.status}`);
const types = astToString(await openapiTS(await answer.json()));
await writeFile(new URL("src/schema.ts", import.meta.url), types);
