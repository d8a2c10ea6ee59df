/* Someone who uses the component: reads what is shown, taps and types. */

const path = require("node:path");
const { simulate } = require("./wechat.js");

const BUILD = path.join(__dirname, "..", "..", "build");
const ASSESSMENT = "components/policy-assessment/index";
const PATIENCE_MS = 10_000;

class Asker {
  constructor(properties, component = ASSESSMENT) {
    this.root = simulate.render(simulate.load(path.join(BUILD, component), { rootPath: BUILD }), properties);
    this.isPage = component !== ASSESSMENT;
    this.root.attach(document.body);
  }

  /* The assessment, also where a page holds it. */
  get assessment() {
    return this.isPage ? this.root.querySelector(".assessment-of-topic") : this.root;
  }

  get form() {
    return this.assessment.querySelector(".form");
  }

  get asked() {
    return this.form?.querySelector(".ask").dom.textContent ?? null;
  }

  get total() {
    return this.text(".total").join("");
  }

  get cards() {
    return this.assessment.querySelectorAll(".hopeful");
  }

  /* The card of that title. */
  card(title) {
    return this.cards.find((card) => card.querySelector(".title").dom.textContent === title);
  }

  /* All texts of that kind, on all cards. */
  told(selector) {
    return this.cards.flatMap((card) => this.text(selector, card));
  }

  text(selector, within = this.assessment) {
    return within.querySelectorAll(selector).map(({ dom }) => dom.textContent);
  }

  tap(selector, within = this.assessment, label = null) {
    const found = within.querySelectorAll(selector).find(({ dom }) => label === null || dom.textContent === label);
    if (!found) throw new Error(`nothing to tap: ${selector} ${label ?? ""} in ${within.dom.textContent}`);
    found.dispatchEvent("tap");
  }

  async until(what, met) {
    const end = Date.now() + PATIENCE_MS;
    while (!met()) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; shown: ${document.body.textContent}`);
      await simulate.sleep(5);
    }
  }

  /* Does something, and waits until the service has answered it or the call has failed. */
  async after(action) {
    const { turn } = this.assessment?.data ?? {};
    action();
    await this.until("an answer", () => this.assessment && this.assessment.data.turn !== turn && !this.assessment.data.busy);
  }

  /* The first answer is there. */
  settled() {
    return this.until("an answer", () => this.assessment?.data.turn > 0 && !this.assessment.data.busy);
  }

  /* Answers the question that is shown; null: not sure. */
  reply(value) {
    return this.after(() => this.#give(value));
  }

  #give(value) {
    const { question } = this.assessment.data;
    if (value === null || value === undefined) {
      this.tap(".unsure", this.form);
    } else if (Array.isArray(value)) {
      const keys = question.options.filter(({ label }) => value.includes(label)).map((option) => option.value);
      this.form.querySelector(".boxes").dispatchEvent("change", { detail: { value: keys } });
      this.tap(".next", this.form);
    } else if (question.options) {
      this.tap(".choice", this.form, value);
    } else {
      this.form.querySelector(".field").dispatchEvent("input", { detail: { value } });
      this.tap(".next", this.form);
    }
  }

  gone() {
    this.root.detach();
    document.body.replaceChildren();
  }
}

module.exports = { Asker, BUILD };
