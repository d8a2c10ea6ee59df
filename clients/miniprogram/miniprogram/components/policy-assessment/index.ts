/**
 * Asks what can still change something, shows what it comes to, and explains it.
 *
 * Events: `change` {eligible, total} after each answer of the service, `finish` when nothing is left to ask,
 * `fault` {kind, code} when a call failed.
 */

import type { Assessment, Question, Result, Value } from "../../api/answers";
import { assess, factLabels } from "../../api/beizeng";
import type { Fault, Service } from "../../api/request";
import { languageOf, wordsOf } from "../../words/index";
import type { Card } from "../measure-card/card";
import { cardsOf, complaintOf, factsOf, failureOf, skippedOf, summaryOf } from "./screen";
import type { Failure, Given, Summary } from "./screen";

const TOAST_MS = 2500;

type NetworkListener = (change: WechatMiniprogram.GeneralCallbackResult | WechatMiniprogram.OnNetworkStatusChangeListenerResult) => void;
const listeners = new WeakMap<object, NetworkListener>();

Component({
  properties: {
    baseUrl: { type: String, value: "" },
    /** Clause numbers, 1 … 56; empty for the whole plan. */
    measures: { type: Array, value: [] as number[] },
    language: { type: String, value: "zh-CN" },
    /** Milliseconds until a call counts as unanswered. */
    timeout: { type: Number, value: 8000 },
  },
  data: {
    w: wordsOf("zh-CN"),
    answers: [] as Given[],
    question: null as Question | null,
    given: null as Value | null,
    wrong: "",
    busy: false,
    loaded: false,
    number: "",
    settles: "",
    skipped: "",
    summary: null as Summary | null,
    results: [] as Result[],
    hopeful: [] as Card[],
    others: [] as Card[],
    othersButton: "",
    showOthers: false,
    failure: null as Failure | null,
    labels: {} as Record<string, string>,
    turn: 0,
  },
  lifetimes: {
    attached() {
      const listener: NetworkListener = (change) => {
        if ("isConnected" in change && change.isConnected && this.data.failure?.kind === "offline") this.ask();
      };
      listeners.set(this, listener);
      wx.onNetworkStatusChange(listener);
      this.begin();
    },
    detached() {
      wx.offNetworkStatusChange(listeners.get(this));
      this.setData({ turn: this.data.turn + 1 });
    },
  },
  observers: {
    "baseUrl, language, measures"() {
      if (listeners.has(this)) this.begin();
    },
  },
  methods: {
    begin() {
      this.setData({ w: wordsOf(this.data.language), labels: {} });
      this.ask();
      this.name();
    },

    service(): Service {
      return { baseUrl: this.data.baseUrl, language: languageOf(this.data.language), timeout: this.data.timeout };
    },

    async ask(given: Value | null = null) {
      const turn = this.data.turn + 1;
      this.setData({ turn, busy: true, failure: null, wrong: "" });
      const { answers, measures } = this.data;
      const outcome = await assess(this.service(), {
        facts: factsOf(answers),
        skip: skippedOf(answers),
        ...(measures.length > 0 ? { measures: measures as number[] } : {}),
      });
      if (turn !== this.data.turn) return;
      if (outcome.ok) this.show(outcome.value, given);
      else this.fail(outcome.fault);
    },

    show(assessment: Assessment, given: Value | null) {
      const { w, answers } = this.data;
      const next = assessment.next_question;
      const skipped = skippedOf(answers).length;
      this.setData({
        busy: false,
        loaded: true,
        question: next,
        given,
        number: w.question_number.replace("{number}", String(answers.length + 1)),
        settles: next ? w.settles.replace("{count}", String(next.settles)) : "",
        skipped: skipped > 0 ? w.finished_skipped.replace("{count}", String(skipped)) : "",
        summary: summaryOf(assessment, w),
        results: assessment.results,
      });
      this.drawCards();
      this.triggerEvent("change", { eligible: assessment.counts.eligible, total: assessment.total.value });
      if (!next) this.triggerEvent("finish");
    },

    drawCards() {
      const { results, labels, w } = this.data;
      const { hopeful, others } = cardsOf(results, labels, w);
      this.setData({ hopeful, others, othersButton: w.show_ineligible.replace("{count}", String(others.length)) });
    },

    /** The names of missing facts come after the answer: the first screen does not wait for them. */
    async name() {
      const { language } = this.data;
      const found = await factLabels(this.service());
      if (!found.ok || language !== this.data.language) return;
      this.setData({ labels: found.value });
      this.drawCards();
    },

    fail(fault: Fault) {
      const { answers, w } = this.data;
      const failure = failureOf(fault, w);
      const last = answers[answers.length - 1];
      const wrong = complaintOf(fault, last);
      if (last && wrong) this.setData({ busy: false, answers: answers.slice(0, -1), question: last.question, given: last.value, wrong });
      else this.setData({ busy: false, failure });
      wx.showToast({ title: failure.title, icon: "none", duration: TOAST_MS });
      this.triggerEvent("fault", { kind: fault.kind, code: fault.code });
    },

    answer({ detail }: WechatMiniprogram.CustomEvent<{ value: Value | null }>) {
      const { question, answers } = this.data;
      if (!question) return;
      this.setData({ answers: [...answers, { question, value: detail.value }] });
      this.ask();
    },

    back() {
      const { answers } = this.data;
      const last = answers[answers.length - 1];
      if (!last) return;
      this.setData({ answers: answers.slice(0, -1) });
      this.ask(last.value);
    },

    startOver() {
      this.setData({ answers: [], loaded: false, summary: null, results: [], showOthers: false });
      this.ask();
    },

    retry() {
      this.ask();
    },

    toggleOthers() {
      this.setData({ showOthers: !this.data.showOthers });
    },
  },
});
