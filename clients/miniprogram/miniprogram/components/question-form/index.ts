/**
 * One question: buttons where there are few choices, a field where a value is typed.
 * Event `answer` carries {value}: as typed or chosen, null for 'not sure'. The service reads it; nothing is converted here.
 */

import type { Option, Question, Value } from "../../api/answers";
import { wordsOf } from "../../words/index";

const KEYBOARDS: Record<string, string> = { int: "number", money: "digit", rate: "digit", number: "digit" };

interface Choice extends Option {
  key: string;
  chosen: boolean;
}

/** Which form a type takes: buttons, boxes, a date, or a field with its keyboard. */
function formOf(type: Question["type"]): string {
  if (type === "bool" || type === "enum") return "choices";
  if (type === "set" || type === "date") return type;
  return "field";
}

function choicesOf({ options }: Question, given: Value | null): Choice[] {
  const chosen = (value: string | boolean) => (Array.isArray(given) ? given.includes(String(value)) : given === value);
  return (options ?? []).map((option) => ({ ...option, key: String(option.value), chosen: chosen(option.value) }));
}

Component({
  properties: {
    question: { type: Object, value: {} as Question },
    /** The answer given before, where it is changed; null without one. */
    given: { type: null, value: null as Value | null },
    /** What is wrong with that answer, in the service's words. */
    wrong: { type: String, value: "" },
    language: { type: String, value: "zh-CN" },
    busy: { type: Boolean, value: false },
  },
  data: { form: "", keyboard: "text", choices: [] as Choice[], typed: "", told: "", w: wordsOf("zh-CN") },
  observers: {
    "question, given, wrong"(question: Question, given: Value | null, wrong: string) {
      this.setData({
        form: formOf(question.type),
        keyboard: KEYBOARDS[question.type] ?? "text",
        choices: choicesOf(question, given),
        typed: typeof given === "string" ? given : "",
        told: wrong,
      });
    },
    language(language: string) {
      this.setData({ w: wordsOf(language) });
    },
  },
  methods: {
    choose({ currentTarget }: WechatMiniprogram.TouchEvent) {
      const chosen = this.data.choices[Number(currentTarget.dataset.index)];
      if (chosen) this.give(chosen.value);
    },
    mark({ detail }: WechatMiniprogram.CheckboxGroupChange) {
      this.setData({ choices: this.data.choices.map((choice) => ({ ...choice, chosen: detail.value.includes(choice.key) })) });
    },
    giveMarked() {
      this.give(this.data.choices.filter(({ chosen }) => chosen).map(({ key }) => key));
    },
    type({ detail }: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ typed: detail.value });
    },
    giveTyped() {
      const value = this.data.typed.trim();
      if (value === "") this.setData({ told: this.data.w.must_answer });
      else this.give(value);
    },
    giveNothing() {
      this.give(null);
    },
    give(value: Value | null) {
      if (!this.data.busy) this.triggerEvent("answer", { value });
    },
  },
});
