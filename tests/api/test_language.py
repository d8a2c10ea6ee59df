"""Which language answers (Accept-Language)."""

from __future__ import annotations

import pytest

from app.api.language import choose_language
from tests.api.wire import get


class TestChoice:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "zh"),
            (b"", "zh"),
            (b"en", "en"),
            (b"EN-us", "en"),
            (b"zh-CN", "zh"),
            (b"zh-TW,en;q=0.9", "zh"),
            (b"en-GB,en;q=0.9,zh;q=0.8", "en"),
            (b"zh;q=0.4, en;q=0.5", "en"),
            (b"en;q=0.4, zh;q=0.5", "zh"),
            (b"en;q=0", "zh"),
            (b"zh;q=0, en;q=0.1", "en"),
            (b"zh;q=0, en;q=0", "zh"),
            (b"fr", "zh"),
            (b"fr, en;q=0.1", "en"),
            (b"fr, de;q=0.5, *;q=0.1", "zh"),
            (b"*", "zh"),
            (b"*;q=0.5, en;q=0.6", "en"),
            (b"zh;q=0.1, *", "en"),
            (b"en, zh", "en"),
            (b"zh, en", "zh"),
            (b"en;q=abc, zh;q=0.1", "zh"),
            (b"en;q=1.0001", "zh"),
            (b"en; q=0.5", "en"),
            (b"en ; q = 0.5", "en"),
            (b",,,en,,", "en"),
            (b"\xff\xfe", "zh"),
            (b"en-" + b"a" * 10_000, "en"),
        ],
    )
    def test_by_header(self, header, language):
        assert choose_language(header) == language


class TestAnswers:
    @pytest.mark.parametrize(
        ("header", "tag", "title"), [("en", "en", "There is nothing here"), ("zh", "zh-CN", "找不到所请求的内容")]
    )
    def test_problems_and_header_agree(self, port, header, tag, title):
        answer = get(port, "/nothing", {"Accept-Language": header})
        assert (answer.headers["content-language"], answer.json["title"]) == (tag, title)
        assert answer.headers["vary"] == "accept-language, accept-encoding"

    def test_words_follow_it_and_units_do_not(self, port):
        chinese, english = (get(port, "/v1/measures/38", {"Accept-Language": tag}).json for tag in ("zh", "en"))
        assert chinese["title"] != english["title"]
        assert chinese["units"] == english["units"] == ["县发改局"]
