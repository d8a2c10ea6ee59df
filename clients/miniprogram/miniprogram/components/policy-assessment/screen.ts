/** What the component shows, made from an answer or a fault. Texts only; no figure is worked out here. */

import type { Assessment, Question, Result, Value } from "../../api/answers";
import type { Fault } from "../../api/request";
import { filled, yuan } from "../../words/index";
import type { Words } from "../../words/index";
import { cardOf } from "../measure-card/card";
import type { Card } from "../measure-card/card";

/** One answer that was given; `value` null: not sure. The question is kept so that it can be put again. */
export interface Given {
  question: Question;
  value: Value | null;
}

export interface Summary {
  met: string;
  money: string;
  notes: string[];
}

export interface Failure {
  kind: string;
  title: string;
  note: string;
  number: string;
}

/** Eligible first, then what is one step away or open; the rest is shown on request. */
const ORDER: Record<Result["status"], number> = { eligible: 0, undetermined: 2, ineligible: 3, not_in_force: 4 };

export const factsOf = (answers: Given[]): Record<string, Value> =>
  answers.reduce((facts, { question, value }) => (value === null ? facts : { ...facts, [question.fact]: value }), {});

export const skippedOf = (answers: Given[]): string[] => answers.filter(({ value }) => value === null).map(({ question }) => question.fact);

export function summaryOf({ counts, total, warnings }: Assessment, words: Words): Summary {
  const counted: [string, number][] = [
    [words.open, counts.undetermined],
    [words.separate, total.separate.length],
    [words.excluded, total.excludes.length],
  ];
  return {
    met: filled(words.met, { count: counts.eligible }),
    money: yuan(words, total.value),
    notes: [...counted.filter(([, count]) => count > 0).map(([text, count]) => filled(text, { count })), ...warnings.map(({ message }) => message)],
  };
}

export function cardsOf(results: Result[], labels: Record<string, string>, words: Words): { hopeful: Card[]; others: Card[] } {
  const rank = (result: Result) => (result.near_miss.length > 0 ? 1 : ORDER[result.status]);
  const made = [...results].sort((one, other) => rank(one) - rank(other)).map((result) => ({ rank: rank(result), card: cardOf(result, labels, words) }));
  return {
    hopeful: made.filter(({ rank: place }) => place < 3).map(({ card }) => card),
    others: made.filter(({ rank: place }) => place >= 3).map(({ card }) => card),
  };
}

export function failureOf(fault: Fault, words: Words): Failure {
  return {
    kind: fault.kind,
    title: fault.title || words[`fault_${fault.kind}`],
    note: fault.kind === "offline" ? words.fault_offline_note : words.fault_note,
    number: fault.requestId && filled(words.fault_number, { number: fault.requestId }),
  };
}

/** What the service says against the answer given last; empty where it says nothing against that one. */
export function complaintOf(fault: Fault, last: Given | undefined): string {
  if (!last) return "";
  const place = `/facts/${last.question.fact}`;
  return fault.errors
    .filter(({ pointer }) => pointer === place || pointer.startsWith(`${place}/`))
    .map(({ message }) => message)
    .join(" ");
}
