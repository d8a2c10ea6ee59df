// Topics are ways of choosing measures from the catalogue: by a kind, by the group that a clause stands in, or by words.

const TOPICS = [
  { id: "awards", fits: (item) => item.kinds.includes("benefit") },
  { id: "tax", beside: "9" },
  { id: "science", beside: "38" },
  { id: "loans", beside: "1" },
  { id: "land", beside: "20" },
  { id: "approvals", beside: "40" },
  { id: "energy", beside: "30" },
  { id: "employment", fits: (item) => /就业|人才|人力资源|employ|talent|human.resource/i.test(item.title + item.text) },
];

const isMeasure = (item) => /^\d+$/.test(item.clause);

export function topics(catalogue) {
  const measures = catalogue.filter(isMeasure);
  const chosen = TOPICS.map(({ id, fits, beside }) => {
    const group = measures.find((item) => item.clause === beside)?.group;
    return { id, clauses: measures.filter(fits ?? ((item) => item.group === group)).map((item) => item.clause) };
  });
  return [...chosen, { id: "all", clauses: measures.map((item) => item.clause) }];
}

// Whether a shared address names something that is there.
export const isTopic = (id, catalogue) =>
  topics(catalogue).some((topic) => topic.id === id) || catalogue.some((item) => isMeasure(item) && id === `m${item.clause}`);

// The clauses of a topic, of one measure ("m38"), or null for everything.
export function clausesOf(id, catalogue) {
  if (!id || id === "all") return null;
  if (/^m\d+$/.test(id)) return [id.slice(1)];
  return topics(catalogue).find((topic) => topic.id === id)?.clauses ?? null;
}
