/** The plan's own sections by their clauses; none for everything. */

import type { Words } from "../../words/index";

export interface Topic {
  id: string;
  name: string;
  measures: number[];
}

const SECTIONS: [keyof Words, number, number][] = [
  ["topic_finance", 1, 8],
  ["topic_tax", 9, 19],
  ["topic_land", 20, 29],
  ["topic_energy", 30, 37],
  ["topic_science", 38, 39],
  ["topic_service", 40, 56],
];

export function topicsOf(words: Words): Topic[] {
  const sections = SECTIONS.map(([id, first, last]) => ({
    id,
    name: words[id],
    measures: Array.from({ length: last - first + 1 }, (_, index) => first + index),
  }));
  return [...sections, { id: "topic_all", name: words.topic_all, measures: [] }];
}
