/** What the service sends and takes, as far as the components read it. Amounts and figures are decimal strings. */

export type Language = "zh-CN" | "en";
export type Value = string | boolean | string[];
export type Status = "eligible" | "ineligible" | "undetermined" | "not_in_force";

/** `skip` names the facts that the asker cannot tell; `measures` narrows the question to some clauses of the plan. */
export interface Asked {
  facts: Record<string, Value>;
  skip: string[];
  measures?: number[];
}

export interface Option {
  value: string | boolean;
  label: string;
}

export interface Question {
  fact: string;
  question: string;
  type: "bool" | "int" | "money" | "rate" | "number" | "date" | "text" | "enum" | "set" | "code";
  options: Option[] | null;
  settles: number;
}

export interface Reason {
  fact: string;
  truth: "true" | "false" | "unknown";
  text: string;
}

export interface Amount {
  status: "computed" | "not_published" | "undetermined" | "not_applicable";
  value: string | null;
  nature: "grant" | "tax_saved" | "deduction" | "ceiling" | null;
  steps: { label: string; expression: string; value: string }[];
  missing_facts: string[];
}

export interface NearMiss {
  changes: { fact: string }[];
  amount: string | null;
}

export interface Citation {
  title: string;
  clause: string | null;
  article: string | null;
  quote: string | null;
}

export interface Result {
  rule_id: string;
  clause: string;
  title: string;
  outcome: string | null;
  status: Status;
  missing_facts: string[];
  reasons: Reason[];
  near_miss: NearMiss[];
  amount: Amount;
  validity: { from: string; to: string | null };
  caveats: { text: string }[];
  units: string[];
  citations: Citation[];
  interpretations: string[];
}

export interface Total {
  value: string;
  complete: boolean;
  excludes: string[];
  separate: string[];
}

export interface Counts {
  eligible: number;
  ineligible: number;
  undetermined: number;
  not_in_force: number;
}

/** One answer for the whole screen. */
export interface Assessment {
  on: string;
  policy: { id: string; version: string };
  counts: Counts;
  warnings: { message: string }[];
  results: Result[];
  total: Total;
  next_question: Question | null;
}

export interface Fact {
  id: string;
  label: string;
}

/** One fault of the input: where it is (a JSON pointer into what was sent) and what is wrong, for people. */
export interface Entry {
  pointer: string;
  code: string;
  message: string;
}

/** RFC 9457. `title` fits a toast, `code` never changes. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  request_id: string;
  errors?: Entry[];
}
