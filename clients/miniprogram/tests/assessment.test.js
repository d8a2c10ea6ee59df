/* The component and the page against the live service, whose address is in SERVICE_URL. */

const assert = require("node:assert/strict");
const path = require("node:path");
const { afterEach, beforeEach, describe, it } = require("node:test");

const { seen, setNetwork } = require("./support/wechat.js");
const { Asker, BUILD } = require("./support/asker.js");
const { busy, nobody, silent } = require("./support/servers.js");

const SERVICE = process.env.SERVICE_URL;
const HIGH_TECH = [38];
const FIRST_TIME = {
  entity_type: "企业",
  registration_division: "140722",
  hnte_application_accepted: "是",
  hnte_application_grant_received: "否",
  hnte_certified_this_year: "是",
  hnte_times_certified: "1",
  hnte_consecutive_certifications: "1",
  is_technology_enterprise: "是",
};

let asker;
const open = (properties = {}) => (asker = new Asker({ baseUrl: SERVICE, measures: HIGH_TECH, ...properties }));

beforeEach(() => {
  Object.assign(seen, { requests: [], toasts: [], networkType: "wifi", language: "zh_CN" });
});

afterEach(() => {
  asker.gone();
  for (const { method, header } of seen.requests) {
    assert.ok(["GET", "POST"].includes(method), method);
    assert.deepEqual(Object.keys(header).sort(), ["accept", "accept-language", "content-type"]);
  }
  assert.equal(seen.listeners.size, 0);
});

/* Answers as the first-time high-tech firm until nothing is left to ask, or the total is there; how many it took. */
async function answerOn(total = null) {
  let answers = 0;
  while (asker.asked && asker.total !== total) {
    await asker.reply(FIRST_TIME[asker.assessment.data.question.fact]);
    answers += 1;
    assert.ok(answers <= 20);
  }
  return answers;
}

describe("asking", () => {
  it("leads from the empty component to 210,000 yuan in at most eight answers", async () => {
    open();
    await asker.settled();
    assert.equal(asker.total, "0 元");
    assert.ok((await answerOn("210,000 元")) <= 8);
    assert.equal(asker.total, "210,000 元");
    assert.deepEqual(asker.text(".met"), ["3 项符合所述条件"]);
    assert.equal(asker.assessment.data.results.find(({ rule_id }) => rule_id === "m38-hnte-certification-award").amount.value, "150000.00");
    assert.deepEqual(["高新技术企业申报资助", "高新技术企业认定奖励"].map((title) => asker.text(".amount", asker.card(title))), [["60,000 元"], ["150,000 元"]]);
  });

  it("can go on without an answer, and never asks that again", async () => {
    open();
    await asker.settled();
    const unsure = asker.asked;
    await asker.reply(null);
    while (asker.asked) {
      assert.notEqual(asker.asked, unsure);
      await asker.reply(FIRST_TIME[asker.assessment.data.question.fact]);
    }
    assert.deepEqual(asker.text(".finished-title"), ["问完了"]);
    assert.match(asker.text(".finished").join(), /1 个问题您选了“不清楚”/);
  });

  it("goes back to the last answer and shows what was given", async () => {
    open();
    await asker.settled();
    const first = asker.asked;
    await asker.reply("企业");
    assert.notEqual(asker.asked, first);
    await asker.after(() => asker.tap(".back"));
    assert.equal(asker.asked, first);
    assert.deepEqual(asker.text(".chosen", asker.form), ["企业"]);
    await asker.reply("其他");
    assert.equal(asker.total, "0 元");
    assert.equal(seen.requests.at(-1).data.facts.entity_type, "other");
  });

  it("sends what is typed as it is typed, however long the figure", async () => {
    open({ measures: [19] });
    await asker.settled();
    const figure = "9007199254740993.25";
    while (asker.assessment.data.question.type !== "money") await asker.reply({ bool: "是" }[asker.assessment.data.question.type] ?? null);
    const { fact } = asker.assessment.data.question;
    await asker.reply(figure);
    const sent = seen.requests.filter(({ method, data }) => method === "POST" && fact in data.facts);
    assert.deepEqual(new Set(sent.map(({ data }) => data.facts[fact])), new Set([figure]));
  });

  it("takes several of a list, or none of them", async () => {
    open({ measures: [2] });
    await asker.settled();
    while (asker.asked && asker.assessment.data.question.type !== "set") await asker.reply(null);
    const { fact, options } = asker.assessment.data.question;
    await asker.reply([options[0].label, options[1].label]);
    const sent = () => seen.requests.filter(({ method }) => method === "POST").at(-1).data.facts[fact];
    assert.deepEqual(sent(), [options[0].value, options[1].value]);
    await asker.after(() => asker.tap(".back"));
    await asker.reply([]);
    assert.deepEqual(sent(), []);
  });

  it("starts over with nothing kept", async () => {
    open();
    await asker.settled();
    await answerOn("210,000 元");
    setNetwork("none");
    asker.root.instance.data.baseUrl = await nobody();
    await asker.after(() => asker.tap(".over"));
    assert.equal(asker.total, "");
    assert.equal(asker.cards.length, 0);
    asker.root.instance.data.baseUrl = SERVICE;
    await asker.after(() => asker.tap(".retry"));
    assert.equal(asker.total, "0 元");
    assert.deepEqual(seen.requests.at(-1).data.facts, {});
  });
});

describe("explaining", () => {
  it("names conditions, arithmetic, offices and the words of the plan", async () => {
    open();
    await asker.settled();
    await answerOn("210,000 元");
    const card = asker.card("高新技术企业认定奖励");
    assert.match(card.dom.textContent, /符合所述条件.*第 38 条.*县发改局/);
    asker.tap(".more", card);
    await asker.until("details", () => card.querySelector(".details"));
    const told = card.querySelector(".details").dom.textContent;
    assert.match(told, /符合.*主体类型须为企业/);
    assert.match(told, /对首次通过或连续3次通过国家高新技术企业认定的企业一次性奖励15万元.*左权县市场主体倍增实施方案 · 第 38 条/);
  });

  it("names what is missing, and what is one step away with what it earns", async () => {
    open();
    await asker.settled();
    await asker.until("labels", () => asker.told(".missing").some((text) => text.includes("主体类型")));
    const { entity_type, registration_division, ...firm } = { ...FIRST_TIME, hnte_times_certified: "2", hnte_consecutive_certifications: "2" };
    await asker.reply(entity_type);
    await asker.reply(registration_division);
    while (asker.asked) await asker.reply(firm[asker.assessment.data.question.fact]);
    assert.match(asker.told(".near").join(), /连续通过高新技术企业认定的次数.*做到后，这一项是 150,000 元/);
  });

  it("speaks English to who reads English", async () => {
    open({ language: "en" });
    await asker.settled();
    while (asker.asked && asker.total !== "210,000 yuan") {
      const value = FIRST_TIME[asker.assessment.data.question.fact];
      await asker.reply({ 企业: "Enterprise", 是: "Yes", 否: "No" }[value] ?? value);
    }
    assert.equal(asker.total, "210,000 yuan");
    assert.doesNotMatch(asker.text(".summary").join() + asker.told(".title").join(), /[\u4e00-\u9fff]/);
  });
});

describe("failing", () => {
  it("toasts a problem and says at the question what is wrong", async () => {
    open();
    await asker.settled();
    await asker.reply("企业");
    const asked = asker.asked;
    await asker.reply("1407220");
    assert.deepEqual(seen.toasts, ["填写的内容有误"]);
    assert.equal(asker.asked, asked);
    assert.match(asker.text(".wrong", asker.form).join(), /1407220.*六位|1407220.*6位/);
    assert.ok(seen.requests.some(({ status }) => status === 422));
    await asker.reply("140722");
    assert.notEqual(asker.asked, asked);
  });

  it("asks for a value where none is typed", async () => {
    open();
    await asker.settled();
    await asker.reply("企业");
    const calls = seen.requests.length;
    asker.tap(".next", asker.form);
    await asker.until("a word", () => asker.text(".wrong", asker.form).length);
    assert.match(asker.text(".wrong", asker.form).join(), /请先填写/);
    assert.equal(seen.requests.length, calls);
  });

  it("tells when no answer comes in time, and goes on when asked again", async () => {
    const server = await silent();
    open({ baseUrl: server.url, timeout: 200 });
    await asker.settled();
    assert.deepEqual(asker.text(".failure-title"), ["等了很久没有回音"]);
    assert.deepEqual(seen.toasts, ["等了很久没有回音"]);
    server.close();
    Object.assign(asker.root.instance.data, { baseUrl: SERVICE, timeout: 8000 });
    await asker.after(() => asker.tap(".retry"));
    assert.ok(asker.asked);
    assert.deepEqual(asker.text(".failure-title"), []);
  });

  it("keeps the answers offline, and goes on by itself when the network is back", async () => {
    open();
    await asker.settled();
    await asker.reply("企业");
    setNetwork("none");
    asker.root.instance.data.baseUrl = await nobody();
    await asker.reply("140722");
    assert.deepEqual(asker.text(".failure-title"), ["现在没有网络"]);
    assert.ok(asker.assessment.querySelector(".failure").dom.className.includes("offline"));
    asker.root.instance.data.baseUrl = SERVICE;
    await asker.after(() => setNetwork("4g"));
    assert.deepEqual(seen.requests.at(-1).data.facts, { entity_type: "enterprise", registration_division: "140722" });
    assert.ok(asker.asked);
  });

  it("tells a service that is not there from a missing network", async () => {
    open({ baseUrl: await nobody() });
    await asker.settled();
    assert.deepEqual(asker.text(".failure-title"), ["连不上服务"]);
  });

  it("waits as a busy service asks, and tries again", async () => {
    const front = await busy(SERVICE, { times: 2 });
    open({ baseUrl: front.url });
    await asker.settled();
    assert.equal(front.refused(), 2);
    assert.ok(asker.asked);
    assert.deepEqual(seen.toasts, []);
    front.close();
  });

  it("gives up where the service is busy for long, with the number to report", async () => {
    const front = await busy(SERVICE, { times: 100, retryAfter: "60" });
    open({ baseUrl: front.url });
    await asker.settled();
    assert.deepEqual(asker.text(".failure-title"), ["服务正忙"]);
    assert.match(asker.text(".failure-number").join(), /b1/);
    front.close();
  });
});

describe("the page", () => {
  it("offers the plan's sections and shows the component for the one chosen", async () => {
    require(path.join(BUILD, "config.js")).config.baseUrl = SERVICE;
    asker = new Asker({}, "pages/index/index");
    assert.equal(asker.text(".topic", asker.root).length, 7);
    asker.tap(".topic", asker.root, "科技创新支持");
    await asker.settled();
    assert.deepEqual(seen.requests[0].data.measures, [38, 39]);
    assert.ok((await answerOn("210,000 元")) <= 8);
    assert.equal(asker.total, "210,000 元");
    asker.tap(".language", asker.root);
    await asker.until("English", () => asker.total === "210,000 yuan");
  });
});
