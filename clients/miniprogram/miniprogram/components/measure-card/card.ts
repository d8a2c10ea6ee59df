/** One result as a card shows it: only texts, ready for the template. */

import type { Amount, Citation, NearMiss, Reason, Result } from "../../api/answers";
import { filled, grouped, yuan } from "../../words/index";
import type { Words } from "../../words/index";

export interface Card {
  id: string;
  status: string;
  statusText: string;
  clause: string;
  title: string;
  outcome: string;
  amount: string;
  amountNote: string;
  near: { changes: string[]; gain: string }[];
  missing: string;
  units: string;
  reasons: { truth: string; truthText: string; text: string }[];
  steps: string[];
  quotes: { quote: string; source: string }[];
  interpretations: string[];
  caveats: string[];
  validity: string;
}

/** `labels` names facts; while it is empty, missing facts are counted instead of named. */
export function cardOf(result: Result, labels: Record<string, string>, words: Words): Card {
  const { amount, validity } = result;
  return {
    id: result.rule_id,
    status: result.status,
    statusText: words[`status_${result.status}`],
    clause: filled(words.clause, { clause: result.clause }),
    title: result.title,
    outcome: result.outcome ?? "",
    ...moneyOf(amount, words),
    near: result.near_miss.map((miss) => nearOf(miss, result.reasons, words)),
    missing: missingOf([...result.missing_facts, ...(result.status === "eligible" ? amount.missing_facts : [])], labels, words),
    units: result.units.join(words.comma),
    reasons: result.reasons.map(({ truth, text }) => ({ truth, truthText: words[`truth_${truth}`], text })),
    steps: amount.steps.map(({ label, expression, value }) => `${label}${words.colon}${expression === value ? "" : `${expression} = `}${grouped(value)}`),
    quotes: result.citations.map((citation) => ({ quote: citation.quote ?? "", source: sourceOf(citation, words) })),
    interpretations: result.interpretations,
    caveats: result.caveats.map(({ text }) => text),
    validity: validity.to === null ? filled(words.valid_from, { from: validity.from }) : filled(words.valid_between, { from: validity.from, to: validity.to }),
  };
}

function moneyOf({ status, value, nature }: Amount, words: Words): { amount: string; amountNote: string } {
  if (value !== null) return { amount: yuan(words, value), amountNote: nature ? words[`nature_${nature}`] : "" };
  if (status === "not_published") return { amount: "", amountNote: words.amount_not_published };
  return { amount: "", amountNote: status === "undetermined" ? words.amount_undetermined : "" };
}

/** What to change, in the words of the conditions that are not met now, and what it earns. */
function nearOf({ changes, amount }: NearMiss, reasons: Reason[], words: Words): { changes: string[]; gain: string } {
  const changed = changes.map(({ fact }) => fact);
  return {
    changes: reasons.filter(({ fact, truth }) => truth === "false" && changed.includes(fact)).map(({ text }) => text),
    gain: amount === null ? words.near_met : filled(words.near_amount, { money: yuan(words, amount) }),
  };
}

function missingOf(facts: string[], labels: Record<string, string>, words: Words): string {
  if (facts.length === 0) return "";
  const named = facts.map((fact) => labels[fact]).filter((label) => label !== undefined);
  return named.length === facts.length ? named.join(words.comma) : filled(words.missing_count, { count: facts.length });
}

function sourceOf({ title, clause, article }: Citation, words: Words): string {
  const place = clause === null ? article : filled(words.clause, { clause });
  return [title, place].filter((part) => part !== null && part !== "").join(" · ");
}
