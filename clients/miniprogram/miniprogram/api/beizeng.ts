/** The calls that the components make. */

import type { Asked, Assessment, Fact } from "./answers";
import { request } from "./request";
import type { Outcome, Service } from "./request";

/** Everything one screen shows in one call: results, amounts, and the question to ask next. */
export const assess = (service: Service, asked: Asked): Promise<Outcome<Assessment>> =>
  request<Assessment>(service, "POST", "/v1/assessments", { ...asked, explain: "summary" });

/** The names of all facts by their ids. */
export async function factLabels(service: Service): Promise<Outcome<Record<string, string>>> {
  const found = await request<{ items: Fact[] }>(service, "GET", "/v1/facts");
  if (!found.ok) return found;
  const labels: Record<string, string> = {};
  for (const { id, label } of found.value.items) labels[id] = label;
  return { ok: true, value: labels };
}
