"""Both languages follow the glossary, wherever a name, title, label or message holds one of its terms."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import app.api.problem_kinds
import app.web.portal
from app.api.openapi import openapi_3_1
from app.main import create_app
from app.rules.messages import MESSAGES
from app.rules.operators import OPERATORS
from app.rules.text import Text
from app.rules.wording import office_names
from app.services.packs import load_policy
from app.services.sourcing import REASONS, STATES
from app.settings import Settings
from app.web.assets import ASSETS

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?!中文|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
CHECKED, READ = GLOSSARY.split("## 读法")
#: Where the English is shorter than the Chinese and leaves the term out.
SHORTER = {
    ("市场主体", "measure 45"),
    ("市场主体", "w1-leading-group"),
    ("市场主体", "page page_title"),
    ("小规模纳税人", "m11-small-scale-no-application-refund"),
    ("受理", "page why_start_day"),
}


def terms():
    """Chinese term → its English wordings, the longest term first, for it may hold a shorter one."""
    found = {
        term.strip(): [wording.strip() for wording in english.split(";")]
        for chinese, english, _ in ROW.findall(CHECKED)
        for term in re.sub("（.*?）", "", chinese).split("、")
    }
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def stems(text):
    """Words without case, hyphens and plurals."""
    words = re.sub(r"[^a-z0-9]+", " ", text.lower()).split()
    return f" {' '.join(re.sub('(?:ie|e|y|s)+$', '', word) for word in words)} "


def names_of_the_policy():
    policy = load_policy("zuoquan-2022")
    for fact in policy.vocabulary.facts:
        yield fact.id, fact.label
        yield from ((f"{fact.id}.{member.value}", member.label) for member in fact.members)
    yield from ((rule.id, rule.title) for rule in policy.rules)
    yield from ((f"measure {measure.clause}", measure.title) for measure in policy.measures)
    yield from ((target.id, target.what) for target in policy.targets)


def words_of_the_page():
    chinese, english = (
        dict(re.findall(r'(\w+): "([^"]*)"', ASSETS[f"words-{language}.js"].read_text(encoding="utf-8")))
        for language in ("zh", "en")
    )
    yield from ((f"page {key}", Text(words, english[key])) for key, words in chinese.items())


def texts_in(value, place):
    """Every text in a value of a module."""
    if isinstance(value, Text):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, f"{place} {key}")
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts_in(inner, place)
    elif hasattr(type(value), "__slots__") and not isinstance(value, (str, type)):
        for name in type(value).__slots__:
            yield from texts_in(getattr(value, name, None), f"{place} {getattr(value, 'code', '')}{name}")


def words_of_modules():
    for package in (app.api.problem_kinds, app.web.portal):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                yield from texts_in(value, f"{module.name} {name}")
    for name, table in (("message", MESSAGES), ("state", STATES), ("reason", REASONS)):
        yield from texts_in(dict(table), name)


SOURCES = {"policy": names_of_the_policy, "page": words_of_the_page, "modules": words_of_modules}


class TestGlossary:
    @pytest.mark.parametrize("source", SOURCES)
    def test_is_followed(self, source):
        known, faults, used = terms(), [], set()
        for place, text in SOURCES[source]():
            left, english = text.zh, stems(text.en)
            for term, wordings in known.items():
                if term not in left:
                    continue
                left = left.replace(term, "·")
                used.add(term)
                if (term, place) not in SHORTER and not any(stems(wording) in english for wording in wordings):
                    faults.append(f"{place}: {term} is {wordings[0]!r}, not {text.en!r}")
        assert faults == []
        assert used

    def test_has_no_exception_that_is_not_needed(self):
        places = {place for source in SOURCES.values() for place, _ in source()}
        assert {place for _, place in SHORTER} - places == set()

    def test_every_term_stands_once(self):
        listed = [
            term for chinese, _, _ in ROW.findall(GLOSSARY) for term in re.sub("（.*?）", "", chinese).split("、")
        ]
        assert sorted({term for term in listed if listed.count(term) > 1}) == []

    def test_every_identifier_is_one(self):
        policy = load_policy("zuoquan-2022")
        interface = json.dumps(openapi_3_1(create_app(Settings(_env_file=None)), policy.vocabulary))
        known = {fact.id for fact in policy.vocabulary.facts} | set(policy.rule_ids)
        known |= set(policy.parameters) | set(OPERATORS)
        named = set(re.findall(r"`([^`]+)`", " ".join(identifiers for _, _, identifiers in ROW.findall(GLOSSARY))))
        assert {name for name in named if name.rstrip("…") not in interface and name not in known} == set()

    def test_every_office_has_its_two_names(self):
        policy = load_policy("zuoquan-2022")
        listed = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", GLOSSARY.split("## 单位")[1], re.MULTILINE)[2:])
        used = [office for measure in policy.measures for office in measure.units]
        named = {
            office: office_names(policy.vocabulary, [office], "en")[0] for office in [*used, *policy.vocabulary.offices]
        }
        assert listed == named
        assert all(english.isascii() for english in named.values())
