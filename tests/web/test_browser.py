"""What an owner sees and does, in headless Chromium against the live service."""

from __future__ import annotations

import contextlib
import gzip
import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.parts, pytest.mark.browser]

AXE = gzip.decompress((Path(__file__).parent / "axe" / "axe.min.js.gz").read_bytes()).decode()
FIRST_TIME = {
    "entity_type": "企业",
    "registered_in_county": "是",
    "hnte_application_accepted": "是",
    "hnte_application_grant_received": "否",
    "hnte_certified_this_year": "是",
    "hnte_times_certified": "1",
    "hnte_consecutive_certifications": "1",
}


class Visit:
    """One visitor's tab, with everything that it asked for and complained of."""

    def __init__(self, browser, url, width=1280, locale="zh-CN"):
        self.url = url
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(url)

    def topic(self, name):
        self.page.click(f'[data-topic="{name}"]')
        self.page.wait_for_selector("#first-code")

    def begin(self, **chosen):
        for fact, label in chosen.items():
            self.page.locator(f'label.chip:has(input[name="{fact}"])').get_by_text(label, exact=True).click()
        with self.answered():
            self.page.click("#question button[type=submit]")

    @contextlib.contextmanager
    def answered(self):
        """An answer is given and the new totals are there."""
        with (
            self.page.expect_response("**/v1/eligibility"),
            self.page.expect_response("**/v1/subsidies/calculations"),
        ):
            yield
        self.page.wait_for_selector("#question:not([aria-busy])")

    @property
    def asked(self):
        return self.page.get_attribute("#question-title", "data-fact")

    @property
    def total(self):
        return self.page.inner_text("#total")

    def reply(self, value):
        """Answer the question on the page; None: not sure."""
        with self.answered():
            if value is None:
                self.page.click("#question .unsure")
            elif self.page.locator("#answer").count():
                self.page.fill("#answer", value)
                self.page.press("#answer", "Enter")
            else:
                self.page.locator("#question .choice").get_by_text(value, exact=True).click()

    def change(self, fact_label, value):
        with self.answered():
            self.page.get_by_role("button", name=f"更改：{fact_label}").click()
        self.reply(value)

    def to_the_award(self):
        """From the empty page to the first-time high-tech firm's awards; how many answers it took."""
        self.topic("science")
        self.begin(entity_type="企业", registered_in_county="是")
        answers = 2
        while self.total != "210,000 元":
            assert answers < 8, self.asked
            self.reply(FIRST_TIME.get(self.asked))
            answers += 1
        return answers

    def serious(self):
        """Serious findings of axe-core on what is shown now."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            (finding["id"], [node["target"] for node in finding["nodes"]])
            for finding in found["violations"]
            if finding["impact"] in ("serious", "critical")
        ]

    def overflow(self):
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")


@contextlib.contextmanager
def visiting(browser, url):
    """Visits that must leave no complaint and ask no other host."""
    with contextlib.ExitStack() as stack:

        def start(**options):
            found = Visit(browser, url, **options)
            stack.callback(found.context.close)
            stack.callback(_quiet, found)
            return found

        yield start


@pytest.fixture
def visit(browser, page_url):
    with visiting(browser, page_url) as start:
        yield start


def _quiet(found):
    assert found.complaints == []
    assert {address for address in found.requests if not address.startswith((found.url, "blob:"))} == set()
    assert found.context.cookies() == []


class TestAward:
    @pytest.mark.parametrize("width", [375, 1280])
    def test_from_the_empty_page_to_210_000_yuan(self, visit, width):
        tab = visit(width=width)
        assert tab.to_the_award() <= 8
        assert "2 项符合所述条件" in tab.page.inner_text("#totals")
        cards = tab.page.locator("article.eligible")
        assert cards.count() == 2
        assert {"60,000 元", "150,000 元"} == set(cards.locator(".amount strong").all_inner_texts())
        text = cards.filter(has_text="高新技术企业认定奖励").text_content()
        for told in (
            "符合所述条件",
            "县发改局",
            "对首次通过或连续3次通过国家高新技术企业认定的企业一次性奖励15万元",
            "第 38 条",
            "办理方式常规",
        ):
            assert told in text
        assert "符合所述条件 2 项，合计 210,000 元" in tab.page.text_content("#live")
        assert tab.overflow() <= 0
        assert "hnte" not in tab.page.url

    def test_not_sure_is_not_asked_again_and_can_be_answered_later(self, visit):
        tab = visit()
        tab.topic("science")
        tab.begin(entity_type="企业", registered_in_county="是")
        unsure = tab.asked
        tab.reply(None)
        asked = set()
        while tab.asked:
            asked.add(tab.asked)
            tab.reply(FIRST_TIME.get(tab.asked))
        assert unsure not in asked
        assert tab.total == "150,000 元"
        assert "不清楚" in tab.page.inner_text(".question")
        tab.change("高新技术企业申报材料是否提交成功", "是")
        while tab.asked:
            tab.reply(FIRST_TIME.get(tab.asked))
        assert tab.total == "210,000 元"

    def test_a_changed_answer_changes_the_result_and_shows_the_near_miss(self, visit):
        tab = visit()
        tab.to_the_award()
        tab.change("通过高新技术企业认定的次数", "2")
        while tab.asked:
            tab.reply({"hnte_consecutive_certifications": "2"}.get(tab.asked))
        assert tab.total == "60,000 元"
        near = tab.page.inner_text('[data-rule="m38-hnte-certification-award"] .near p')
        assert near == "只要“连续通过高新技术企业认定的次数”从 2 次变为 3 次，就能申领 150,000 元。"
        tab.page.click("#lang")
        tab.page.wait_for_selector("text=High-tech enterprise certification award")
        near = tab.page.inner_text('[data-rule="m38-hnte-certification-award"] .near p')
        assert near.startswith("Once “")
        assert near.endswith("goes from 2 × to 3 ×, 150,000 yuan is yours to claim.")

    def test_a_near_miss_says_what_kind_of_money_it_is(self, visit):
        tab = visit()
        tab.page.wait_for_selector(".topic")
        investor = {
            "investor_type": "venture_capital_enterprise",
            "investee_kind": "startup_tech",
            "investee_is_qualifying_startup": True,
            "investment_is_equity_cash": False,
            "investment_held_months": "24",
            "investment_amount": "1000000",
        }
        trail = [{"fact": fact, "value": value} for fact, value in investor.items()]
        tab.page.evaluate(
            "visit => sessionStorage.setItem('beizeng.visit', JSON.stringify(visit))",
            {"begun": True, "topic": "m9", "trail": trail},
        )
        tab.page.reload()
        near = tab.page.locator('[data-rule="m09-venture-investment-deduction"] .near p')
        near.wait_for()
        assert near.inner_text().endswith("就能从应纳税所得额中扣除 700,000 元。")

    def test_back_leads_to_the_last_answer(self, visit):
        tab = visit()
        tab.topic("science")
        tab.begin(entity_type="企业", registered_in_county="是")
        first = tab.asked
        tab.reply("是")
        assert tab.asked != first
        with tab.answered():
            tab.page.get_by_role("button", name="上一问").click()
        assert tab.asked == first
        tab.reply("否")
        assert tab.total == "0 元"

    def test_answers_stay_when_the_page_is_loaded_again(self, visit):
        tab = visit()
        tab.to_the_award()
        tab.page.reload()
        tab.page.wait_for_selector("#total")
        assert tab.total == "210,000 元"

    def test_what_cannot_be_is_told_at_the_field(self, visit):
        tab = visit()
        tab.topic("science")
        tab.page.fill("#first-code", "123")
        tab.page.click("#question button[type=submit]")
        tab.page.wait_for_selector("#answer")
        assert "18位" in tab.page.inner_text("#wrong")
        assert "123" not in tab.page.inner_text(".trail")
        assert tab.page.locator("#ask-offices, .offices").count() == 0  # no source is set here
        tab.complaints = [told for told in tab.complaints if "422" not in told]


class TestKeyboard:
    def test_topic_to_answer_without_a_mouse(self, visit):
        tab = visit()
        tab.page.wait_for_selector('[data-topic="science"]')
        press = tab.page.keyboard.press

        def reach(test):
            for _ in range(60):
                press("Tab")
                if tab.page.evaluate(f"(({test}))(document.activeElement)"):
                    return
            raise AssertionError(test)

        reach("(node) => node.dataset.topic === 'science'")
        press("Enter")
        tab.page.wait_for_selector("#first-code")
        reach("(node) => node.name === 'entity_type'")
        press("Space")
        reach("(node) => node.name === 'registered_in_county'")
        press("Space")
        with tab.answered():
            press("Enter")
        assert tab.page.evaluate("document.activeElement.id") == "question-title"
        asked = tab.asked
        reach("(node) => node.textContent === '是' && node.classList.contains('choice')")
        with tab.answered():
            press("Enter")
        assert tab.asked != asked
        assert tab.page.evaluate("document.activeElement.id") == "question-title"


class TestLooks:
    @pytest.mark.parametrize("width", [375, 1280])
    def test_every_view_is_accessible_and_fits(self, visit, width):
        tab = visit(width=width)
        tab.page.wait_for_selector(".topic")
        assert (tab.serious(), tab.overflow()) == ([], 0)
        tab.to_the_award()
        for summary in tab.page.locator(".result summary").all():
            summary.click()
        assert (tab.serious(), tab.overflow()) == ([], 0)
        tab.page.goto(f"{tab.url}/#view=catalogue&clause=38")
        tab.page.wait_for_selector(".measure[open]")
        assert (tab.serious(), tab.overflow()) == ([], 0)
        tab.page.goto(f"{tab.url}/#view=deadline&target=m47-power-low-voltage")
        tab.page.wait_for_selector("#target")
        tab.page.click("#pause-add")
        tab.page.fill(".pause [name=from]", "2026-10-08T09:00")
        tab.page.click("form button[type=submit]")
        tab.page.wait_for_selector("#due")
        assert (tab.serious(), tab.overflow()) == ([], 0)

    def test_english(self, visit):
        tab = visit()
        tab.to_the_award()
        tab.page.click("#lang")
        tab.page.wait_for_selector("text=High-tech enterprise certification award")
        assert tab.total == "210,000 yuan"
        assert "meet the conditions as stated" in tab.page.inner_text("#totals")
        assert tab.page.evaluate("document.documentElement.lang") == "en"
        assert not re.search(r"[\u4e00-\u9fff]", tab.page.inner_text(".question") + tab.page.inner_text(".trail"))

    def test_a_browser_that_wants_english_gets_it(self, visit):
        tab = visit(locale="en-GB", width=375)
        tab.page.wait_for_selector("text=Science and technology")
        tab.page.goto(f"{tab.url}/#view=deadline&target=m47-power-low-voltage")
        tab.page.fill("#started", "2026-09-29T16:00")
        tab.page.click("form button[type=submit]")
        assert tab.page.inner_text("#due") == "12 October 2026 18:00"
        assert tab.page.locator("caption").all_inner_texts() == ["September 2026", "October 2026"]
        heights = (
            tab.page.locator(".month .why")
            .get_by_text(re.compile(r"^\w+$"))
            .evaluate_all("nodes => nodes.map(node => node.offsetHeight)")
        )
        assert len(set(heights)) == 1  # no word is broken over two lines


class TestResults:
    def test_filter_search_and_share(self, visit):
        tab = visit()
        tab.to_the_award()
        tab.page.click('[data-show="eligible"]')
        assert tab.page.locator("article.result").count() == 2
        tab.page.fill("#result-search", "认定奖励")
        assert tab.page.locator("article.result").count() == 1
        assert tab.page.inner_text("#listed") == "列出 1 项，共 4 项"
        tab.page.click("#share")
        tab.page.wait_for_selector(".told:not(:empty)")
        shared = tab.page.url.partition("#")[2]
        assert {part.partition("=")[0] for part in shared.split("&")} <= {
            "view",
            "topic",
            "show",
            "lang",
            "clause",
            "target",
        }
        assert "topic=science" in shared

    def test_print_holds_the_results_and_not_the_form(self, visit):
        tab = visit()
        tab.to_the_award()
        tab.page.set_viewport_size({"width": 1280, "height": 500})
        tab.page.emulate_media(media="print")
        assert tab.page.locator("article.eligible").first.is_visible()
        assert tab.page.locator("#total").is_visible()
        assert not tab.page.locator("#question").is_visible()
        for missing in tab.page.locator(".missing li").all():
            assert missing.is_visible()
        answers = tab.page.locator(".trail ol")
        assert answers.evaluate("list => list.scrollHeight <= list.clientHeight")
        assert "政策版本" in tab.page.inner_text(".head")
        printed = tab.page.pdf(format="A4")
        assert len(re.findall(rb"/Type ?/Page\b", printed)) <= 4
        quotes = {status: tab.page.locator(f".result.{status} blockquote") for status in ("eligible", "undetermined")}
        for event, shown in (("beforeprint", True), ("afterprint", False)):
            tab.page.evaluate(f"dispatchEvent(new Event('{event}'))")
            assert {quote.is_visible() for quote in quotes["eligible"].all()} == {shown}
            assert {quote.is_visible() for quote in quotes["undetermined"].all()} == {False}
            flow = tab.page.locator("article.eligible").first.evaluate("card => getComputedStyle(card).breakInside")
            assert flow == ("auto" if shown else "avoid")

    @pytest.mark.parametrize("topic", ["none", "m99", "__proto__"])
    def test_an_address_that_names_nothing_shows_the_topics(self, visit, topic):
        tab = visit()
        tab.page.goto(f"{tab.url}/#topic={topic}&lang=xx&show=zz")
        tab.page.reload()
        tab.page.wait_for_selector('[data-topic="science"]')


class TestDeadline:
    @pytest.fixture
    def clock(self, visit):
        """The form, filled in for a limit of five working days from Tuesday, 17 November 2026, at ten."""
        tab = visit()
        tab.page.goto(f"{tab.url}/#view=deadline&target=m47-power-low-voltage")
        tab.page.fill("#started", "2026-11-17T10:00")
        return tab

    def due(self, tab):
        with tab.page.expect_response("**/deadline"):
            tab.page.click("form button[type=submit]")
        tab.page.wait_for_selector("#due")
        return tab.page.inner_text("#due")

    def pause(self, tab, reason, begins, ends=""):
        tab.page.click("#pause-add")
        row = tab.page.locator(".pause").last
        row.locator("select").select_option(label=reason)
        row.locator("[name=from]").fill(begins)
        row.locator("[name=to]").fill(ends)

    def test_pauses_move_the_due_time_and_are_shown_day_by_day(self, clock):
        assert self.due(clock) == "2026年11月24日 18:00"
        self.pause(clock, "补正材料", "2026-11-18T09:00", "2026-11-19T09:00")
        self.pause(clock, "听证", "2026-11-23T09:00", "2026-11-23T11:00")
        assert self.due(clock) == "2026年11月27日 18:00"
        assert clock.page.inner_text("#clock") == "正在办理：到现在已用 2 个工作日，还剩 3 个工作日"
        for day in ("2026-11-18", "2026-11-19", "2026-11-23"):
            assert "中止" in clock.page.inner_text(f'[data-date="{day}"]')
        clock.page.get_by_role("button", name="去掉第 2 次中止").click()
        assert self.due(clock) == "2026年11月26日 18:00"
        assert "2026-11-18" not in clock.page.url

    def test_a_pause_without_an_end_leaves_the_time_open(self, clock):
        self.pause(clock, "检测、鉴定", "2026-11-20T09:00")
        assert "中止还没有结束" in self.due(clock)
        assert clock.page.locator("#ics").count() == 0

    def test_an_end_before_its_beginning_is_told_at_its_row(self, clock):
        self.pause(clock, "补正材料", "2026-11-18T09:00", "2026-11-19T09:00")
        self.pause(clock, "听证", "2026-11-20T09:00", "2026-11-20T08:00")
        clock.page.click("form button[type=submit]")
        wrong = clock.page.locator("#pause-wrong-1:not(:empty)")
        wrong.wait_for()
        assert wrong.inner_text() == "结束的时间早于开始的时间。"
        assert clock.page.evaluate("document.activeElement.name") == "to"
        clock.complaints = [told for told in clock.complaints if "422" not in told]

    def test_pauses_are_offered_where_the_clock_can_stop(self, clock):
        assert clock.page.locator("#pauses").is_visible()
        clock.page.select_option("#target", "m11-refund-72h")
        assert not clock.page.locator("#pauses").is_visible()

    def test_due_date_month_and_calendar_entry(self, visit):
        tab = visit()
        tab.page.goto(f"{tab.url}/#view=deadline&target=m47-power-low-voltage")
        tab.page.wait_for_selector("#target")
        tab.page.fill("#started", "2026-09-29T16:00")
        tab.page.click("form button[type=submit]")
        assert tab.page.inner_text("#due") == "2026年10月12日 18:00"
        assert "放假" in tab.page.inner_text('[data-date="2026-10-01"]')
        assert "调休上班" in tab.page.inner_text('[data-date="2026-10-10"]')
        assert "last" in tab.page.get_attribute('[data-date="2026-10-12"]', "class")
        with tab.page.expect_download() as waiting:
            tab.page.click("#ics")
        saved = Path(waiting.value.path()).read_bytes().decode()
        assert waiting.value.suggested_filename == "m47-power-low-voltage.ics"
        lines = saved.split("\r\n")
        assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
        assert "DTSTART:20261012T100000Z" in lines
        assert "SUMMARY:最迟办结：低压非居民用户用电" in lines
        assert max(len(line.encode()) for line in lines) <= 75


class TestCatalogue:
    def test_a_link_to_a_measure_leads_to_it(self, visit):
        tab = visit(width=375)
        tab.page.goto(f"{tab.url}/#view=catalogue&clause=38")
        tab.page.wait_for_selector('[data-clause="38"][open]')
        place = tab.page.locator('[data-clause="38"]').bounding_box()
        assert 0 <= place["y"] < 900

    def test_all_measures_and_the_way_to_ask(self, visit):
        tab = visit()
        tab.page.click('a[href="#view=catalogue"]')
        tab.page.wait_for_selector(".measure")
        clauses = tab.page.locator(".measure").evaluate_all("nodes => nodes.map(node => node.dataset.clause)")
        assert [clause for clause in clauses if clause.isdigit()] == [str(number) for number in range(1, 57)]
        with tab.page.expect_response("**/v1/measures?q=*"):
            tab.page.fill("#measure-search", "高新技术")
        tab.page.wait_for_selector('[data-clause="1"]', state="detached")
        tab.page.click('[data-clause="38"] summary')
        tab.page.click('[data-clause="38"] button')
        tab.page.wait_for_selector("#first-code")
        assert "topic=m38" in tab.page.url
        tab.page.go_back()
        tab.page.wait_for_selector('[data-clause="38"][open]')
        tab.page.go_back()
        tab.page.wait_for_selector('[data-topic="science"]')
        tab.page.go_forward()
        tab.page.wait_for_selector(".measure")


class TestFailures:
    def test_offline_keeps_the_answers_and_goes_on(self, visit):
        tab = visit()
        tab.topic("science")
        tab.begin(entity_type="企业", registered_in_county="是")
        tab.context.set_offline(True)
        tab.page.locator("#question .choice").get_by_text("是", exact=True).click()
        tab.page.wait_for_selector(".notice")
        assert "没有网络" in tab.page.inner_text(".notice")
        tab.context.set_offline(False)
        with tab.answered():
            tab.page.get_by_role("button", name="再试一次").click()
        assert tab.page.locator(".trail li").count() == 3
        tab.complaints = [told for told in tab.complaints if "ERR_INTERNET_DISCONNECTED" not in told]

    def test_a_service_that_is_closed_says_so(self, browser, closed_url):
        tab = Visit(browser, closed_url)
        tab.page.wait_for_selector(".notice")
        assert "暂未对外开放" in tab.page.inner_text(".notice")
        assert tab.page.locator(".topic").count() == 0
        tab.context.close()
