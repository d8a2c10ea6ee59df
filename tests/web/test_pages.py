"""The page's files over HTTP: what they carry, and that nothing in them leads elsewhere."""

from __future__ import annotations

import re

import pytest

from app.rules.operators import OPERATORS
from app.web.assets import ASSETS, PAGE

FILES = [f"/assets/{name}" for name in ASSETS if name != PAGE]
NAMESPACE = "http://www.w3.org/2000/svg"


def words(language):
    text = ASSETS[f"words-{language}.js"].read_text(encoding="utf-8")
    return dict(re.findall(r'(\w+): "([^"]*)"', text))


def scripts():
    return {name: path.read_text(encoding="utf-8") for name, path in ASSETS.items() if name.endswith(".js")}


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", *FILES])
    def test_policy_tag_and_type(self, http, path):
        answer = http.get(path)
        assert answer.status_code == 200
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-type"].split(";")[0] in (
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
        )

    @pytest.mark.parametrize("path", ["/", "/assets/app.js"])
    def test_what_is_held_is_not_sent_again(self, http, path):
        tag = http.get(path).headers["etag"]
        for held in (tag, f'"other", W/{tag}', "*"):
            again = http.get(path, headers={"If-None-Match": held})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_packed_and_plain_are_the_same(self, http):
        packed = http.get("/assets/page.css", headers={"Accept-Encoding": "gzip"})
        plain = http.get("/assets/page.css", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content

    def test_a_messengers_addition_to_the_address_is_let_pass(self, http):
        assert http.get("/?from=singlemessage&isappinstalled=0").status_code == 200

    @pytest.mark.parametrize("name", ["index.html", "none.js", "..%2Fpages.py", "__init__.py"])
    def test_nothing_else_is_served(self, http, name):
        assert http.get(f"/assets/{name}").status_code == 404

    def test_not_in_the_description_of_the_interface(self, http):
        assert not {"/", "/assets/{name}"} & set(http.get("/openapi.json").json()["paths"])

    def test_open_to_all_where_calls_are_not(self, closed_url, http):
        assert http.get(f"{closed_url}/").status_code == 200
        assert http.get(f"{closed_url}/v1/facts").status_code == 401

    def test_the_whole_page_is_small(self, http):
        sizes = [
            int(http.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-length"]) for path in ["/", *FILES]
        ]
        assert sum(sizes) < 60_000


class TestContent:
    @pytest.mark.parametrize("name", ASSETS)
    def test_no_other_host(self, name):
        text = ASSETS[name].read_text(encoding="utf-8").replace(NAMESPACE, "")
        assert not re.search(r"""https?:|["'(]//""", text)

    def test_no_script_or_style_within_the_page(self):
        page = ASSETS[PAGE].read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
        for text in scripts().values():
            assert not re.search(
                r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|document\.cookie|localStorage", text
            )

    def test_no_file_is_left_unused(self):
        everything = "".join(path.read_text(encoding="utf-8") for path in ASSETS.values())
        assert [name for name in ASSETS if name != PAGE and name not in everything] == []

    def test_no_arithmetic_on_amounts(self):
        for name, text in scripts().items():
            assert not re.search(r"parseFloat|Number\((value|figure|amount)|(value|amount|total) [-+*/] ", text), name


class TestWords:
    def test_every_word_in_both_languages(self):
        assert set(words("zh")) == set(words("en"))

    def test_every_place_for_a_figure_in_both_languages(self):
        chinese, english = words("zh"), words("en")
        places = re.compile(r"{\w+}")
        for key, text in chinese.items():
            assert set(places.findall(text)) == set(places.findall(english[key])), key

    def test_every_word_that_is_asked_for_is_there(self):
        asked = {key for text in scripts().values() for key in re.findall(r'\bt\("(\w+)"', text)}
        asked |= set(re.findall(r'data-i18n(?:-label)?="(\w+)"', ASSETS[PAGE].read_text(encoding="utf-8")))
        assert asked - set(words("zh")) == set()

    def test_every_word_of_the_vocabulary_is_there(self, http):
        chinese = words("zh")
        facts = http.get("/v1/facts").json()["items"]
        units = {fact["unit"] for fact in facts if fact["unit"]}
        assert {f"{kind}_{unit}" for kind in ("unit", "suffix") for unit in units} <= set(chinese)
        targets = http.get("/v1/approval-targets").json()["items"]
        assert {f"limit_{target['unit']}" for target in targets} <= set(chinese)
        measures = http.get("/v1/measures").json()["items"]
        assert {f"kind_{kind}" for item in measures for kind in item["kinds"]} <= set(chinese)
        assert {f"near_{operator}" for operator in OPERATORS} <= set(chinese)
        natures = http.get("/openapi.json").json()["components"]["schemas"]["AmountTerms"]["properties"]["nature"][
            "enum"
        ]
        assert {f"{kind}_{nature}" for kind in ("nature", "gain") for nature in natures} <= set(chinese)

    def test_every_word_of_an_office_that_is_asked_is_there(self, http):
        report = http.get("/openapi.json").json()["components"]["schemas"]["SourceReport"]["properties"]
        reasons = next(kind["enum"] for kind in report["reason"]["anyOf"] if "enum" in kind)
        assert {f"office_{state}" for state in report["state"]["enum"]} <= set(words("zh"))
        assert {f"trouble_{reason}" for reason in reasons} <= set(words("zh"))

    def test_what_hangs_on_a_question_is_called_the_same_in_both_languages(self):
        chinese, english = words("zh"), words("en")
        assert (chinese["results"], english["results"]) == ("结果", "Results")
        assert (chinese["results"] in chinese["settles"], english["results"] in english["settles"]) == (True, True)

    def test_every_word_of_a_clock_is_there(self, http):
        schemas = http.get("/openapi.json").json()["components"]["schemas"]
        members = {"pause": ("Pause", "reason"), "state": ("Deadline", "state"), "why": ("CountedDay", "why")}
        for kind, (schema, name) in members.items():
            wanted = {f"{kind}_{member}" for member in schemas[schema]["properties"][name]["enum"]}
            assert wanted <= set(words("zh")), kind
        offered = re.search(r"const REASONS = \[(.*)\]", scripts()["pauses.js"])[1]
        assert re.findall(r"\w+", offered) == schemas["Pause"]["properties"]["reason"]["enum"]

    def test_only_a_grant_is_said_to_be_claimed(self):
        for said, claim in ((words("zh"), "申领"), (words("en"), "claim")):
            gains = {key for key, text in said.items() if key.startswith("gain_") and claim in text}
            assert gains == {"gain_grant"}

    def test_never_says_approved(self):
        for text in [*words("zh").values(), *words("en").values()]:
            assert not re.search(r"(?<!不等于)已经?批准|\bapproved\b", text), text
