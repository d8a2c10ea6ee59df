"""The documentation names everything that the product has; its examples are run by ``test_examples.py``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from app.api.problems import PROBLEMS
from app.cli import app as cli
from app.main import create_app
from app.rules.messages import MESSAGES
from app.rules.operators import OPERATORS
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.services.packs import load_policy
from app.settings import PREFIX, Settings

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK: Final = re.compile(r"\]\(([^)#]*)(#[^)]*)?\)")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def policy():
    return load_policy("zuoquan-2022")


class TestFacts:
    def test_every_fact_has_its_row_in_the_order_of_the_vocabulary(self, policy):
        rows = re.findall(r"^\| `([a-z0-9_]+)` \| [a-z]+[（，]? ?", page("docs/facts.md"), re.MULTILINE)
        facts = [fact.id for fact in policy.vocabulary.facts]
        assert [row for row in rows if row in set(facts)] == facts

    def test_every_row_has_type_words_and_members(self, policy):
        rows = {
            match["id"]: match["rest"]
            for match in re.finditer(r"^\| `(?P<id>\w+)` \| (?P<rest>.*) \|$", page("docs/facts.md"), re.MULTILINE)
        }
        for fact in policy.vocabulary.facts:
            row = rows[fact.id]
            assert row.startswith(fact.type.value), fact.id
            assert f"{fact.label.zh} · {fact.label.en}" in row, fact.id
            assert set(re.findall(r"`(\w+)`", row)) == {member.value for member in fact.members}, fact.id

    def test_marks_are_those_of_the_vocabulary(self, policy):
        marked = {
            match["id"]: match["marks"]
            for match in re.finditer(
                r"^\| `(?P<id>\w+)` \|.*\| (?P<marks>\S*) ?\|$", page("docs/facts.md"), re.MULTILINE
            )
        }
        for fact in policy.vocabulary.facts:
            assert ("可变" in marked[fact.id]) is fact.actionable, fact.id
            assert ("推导" in marked[fact.id]) is fact.derived, fact.id


class TestNames:
    def test_every_setting_with_its_default(self):
        rows = dict(re.findall(r"^\| `(BEIZENG_\w+)` \| (.*?) \|", page("docs/operators.md"), re.MULTILINE))
        assert set(rows) == {PREFIX + name.upper() for name in Settings.model_fields}
        for name, field in Settings.model_fields.items():
            if field.default is None:
                continue
            shown = "on" if field.default is True else getattr(field.default, "value", field.default)
            assert f"`{shown}`" in rows[PREFIX + name.upper()], name

    def test_every_command(self):
        told = page("docs/operators.md")
        assert {path for path in _commands(cli, "beizeng") if f"`{path}" not in told} == set()

    @pytest.mark.parametrize("operator", OPERATORS)
    def test_every_operator(self, operator):
        assert page("docs/policy-officers.md").count(f"`{operator}`") >= 2

    @pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.code)
    def test_every_problem_with_its_status(self, problem):
        assert f"| {problem.status} | `{problem.code}` |" in page("docs/errors.md")

    def test_every_code_of_a_fault(self):
        told = page("docs/errors.md") + page("docs/pack-diagnostics.md")
        assert {code for code in {**MESSAGES, **DIAGNOSTICS} if f"`{code}`" not in told} == set()

    def test_every_address(self):
        told = page("docs/api.md") + page("docs/integrators.md") + page("docs/operators.md")
        served = {route.path for route in create_app(Settings(_env_file=None)).routes}
        assert {path for path in served - {"/docs/assets/{name}"} if f"{path}`" not in told} == set()

    def test_every_clause_that_carries_a_caveat_is_explained(self, policy):
        codes = {
            caveat.code
            for rule in policy.rules
            for caveat in (*rule.caveats, *(caveat for version in rule.versions for caveat in version.caveats))
        }
        assert codes
        assert {code for code in codes if f"`{code}`" not in page("docs/policy-officers.md")} == set()

    def test_every_record_is_listed(self):
        listed = re.findall(r"\(([0-9]{4}-[a-z-]+\.md)\)", page("docs/decisions/README.md"))
        assert listed == sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))

    def test_make_help_lists_every_public_target(self):
        makefile = page("Makefile")
        targets = set(re.findall(r"^\.PHONY: ([a-z]+)$", makefile, re.MULTILINE))
        assert {"help", "install", "run", "test", "check", "bench", "clean"} <= targets
        assert targets == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


class TestLinks:
    @pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_lead_somewhere(self, path):
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target, anchor in LINK.findall(text):
            if "://" in target:
                continue
            there = (path.parent / target).resolve() if target else path
            assert there.exists(), target
            if anchor:
                assert anchor[1:] in _anchors(there.read_text(encoding="utf-8")), anchor


def _commands(command, path: str) -> list[str]:
    """The command lines below a command, without their options."""
    if not hasattr(command, "list_commands"):
        return [path]
    inner = {name: command.get_command(None, name) for name in command.list_commands(None)}
    return [line for name, found in inner.items() for line in _commands(found, f"{path} {name}")]


def _anchors(text: str) -> set[str]:
    """The names of the headings, as pages of a repository make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
