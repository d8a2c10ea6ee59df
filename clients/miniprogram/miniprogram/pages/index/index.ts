/** The demonstration: a topic, then the component. The page itself is a component, which the framework allows. */

import { config } from "../../config";
import { languageOf, wordsOf } from "../../words/index";
import { topicsOf } from "./topics";
import type { Topic } from "./topics";

Component({
  data: {
    baseUrl: config.baseUrl,
    language: "zh-CN",
    w: wordsOf("zh-CN"),
    topics: [] as Topic[],
    topic: null as Topic | null,
  },
  lifetimes: {
    attached() {
      this.speak(languageOf(wx.getAppBaseInfo().language));
    },
  },
  methods: {
    speak(language: string) {
      const w = wordsOf(language);
      const topics = topicsOf(w);
      this.setData({ language, w, topics, topic: topics.find(({ id }) => id === this.data.topic?.id) ?? null });
    },
    switchLanguage() {
      this.speak(this.data.language === "en" ? "zh-CN" : "en");
    },
    choose({ currentTarget }: WechatMiniprogram.TouchEvent) {
      this.setData({ topic: this.data.topics[Number(currentTarget.dataset.index)] ?? null });
    },
    leave() {
      this.setData({ topic: null });
    },
    onShareAppMessage() {
      return { title: this.data.w.title, path: "/pages/index/index" };
    },
  },
});
