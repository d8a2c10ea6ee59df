/** One measure: whether, how much, what is missing, which office; why and by which words of the plan on request. */

import { wordsOf } from "../../words/index";
import type { Card } from "./card";

Component({
  properties: {
    card: { type: Object, value: {} as Card },
    language: { type: String, value: "zh-CN" },
  },
  data: { open: false, w: wordsOf("zh-CN") },
  observers: {
    language(language: string) {
      this.setData({ w: wordsOf(language) });
    },
  },
  methods: {
    toggle() {
      this.setData({ open: !this.data.open });
    },
  },
});
