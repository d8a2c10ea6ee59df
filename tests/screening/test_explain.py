"""One row of a screening, explained by the bytes that the service answers over HTTP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx
import polars as pl
import pytest

from app.main import create_app
from app.rules.columns_schema import physical_schema
from app.rules.money import number_text
from app.screening.files import read_json, sha256_of, write_json
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions
from app.screening.folder_errors import FolderError
from app.screening.kernel import write_registry
from app.screening.limits import Limits
from app.screening.readers.registry import open_registry
from app.services.decide import Explain
from app.services.screening import Wording, explain_entity
from app.settings import Settings
from bench.registries import Registry
from tests.api.conftest import NOW, make_services, registry, serving

DAY = date(2024, 6, 30)
ROWS = 400


@pytest.fixture(scope="module")
def active():
    return registry().get()


@pytest.fixture(scope="module")
def table(active):
    return Registry(active.policy.vocabulary, seed=5).rows(0, ROWS)


@pytest.fixture(scope="module")
def client():
    settings = Settings(auth="open")
    with (
        serving(create_app(settings, make_services(settings)), settings) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


@pytest.fixture(params=["truths", "registry"])
def screened(request, active, table, tmp_path):
    """A finished screening with truths, or one that reads its registry again."""
    source = tmp_path / "registry.parquet"
    write_registry(table.lazy(), source, active.policy.vocabulary)
    return screen(active, source, tmp_path / "out", truths=request.param == "truths")


def screen(active, source, out, *, rules=None, truths=False):
    policy = active.policy
    options = ScreeningOptions.of(policy, DAY, rules, truths=truths)
    folder, asked = ScreeningFolder(out), Asked(options, source, source.name, sha256_of(source))
    vocabulary = policy.vocabulary
    if source.suffix == ".parquet":
        folder.begin(asked)
        converted = folder.adopt(source, vocabulary)
    else:
        with open_registry(source, vocabulary=vocabulary, limits=Limits.local()) as opened:
            mapping = opened.guess.mapping().to_yaml()
            folder.begin(Asked(options, source, source.name, asked.sha256, mapping))
            converted = folder.convert(opened, None, vocabulary)
    decides = options.screening_policy(policy)
    for split in folder.splits(converted.rows):
        folder.run(decides, split)
    folder.finish(decides, seconds=1)
    return folder


def explained(active, folder, entity, explain=Explain.SUMMARY, language="zh", **more):
    return explain_entity(active, folder, entity, Wording(NOW.date(), language, explain), **more)


def written(value):
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def answered(client, facts, explain="summary", language="zh", **more):
    body = {"facts": facts, "on": DAY.isoformat(), "explain": explain, **more}
    answer = client.post("/v1/eligibility", json=body, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.content


class TestBytes:
    def test_every_row_gives_the_bytes_of_the_service(self, screened, active, table, client):
        schema = physical_schema(active.policy.vocabulary)
        for place in range(0, ROWS, 29):
            row = table.row(place, named=True)
            facts = {
                name: written(column.decode(row[name])) for name, column in schema.items() if row.get(name) is not None
            }
            assert 0 < len(facts) < len(schema)
            for explain, language in (("summary", "zh"), ("full", "en")):
                expected = answered(client, facts, explain, language)
                assert explained(active, screened, row["entity"], Explain(explain), language) == [expected]

    def test_only_the_rules_asked_are_explained(self, active, client, tmp_path):
        source = tmp_path / "registry.csv"
        source.write_text("entity,entity_type,annual_revenue\na,enterprise,\nb,,12.50\n", encoding="utf-8")
        rules = {rule.id for rule in active.policy.decidable if rule.clause == "38"}
        folder = screen(active, source, tmp_path / "out", rules=rules)
        expected = answered(client, {"annual_revenue": "12.5"}, measures=[38])
        assert explained(active, folder, "b") == [expected]

    def test_a_code_twice_is_explained_twice(self, active, client, tmp_path):
        source = tmp_path / "registry.csv"
        source.write_text("uscc,employees\n91140722MA0K0001XR,5\n91140722MA0K0001XR,\n", encoding="utf-8")
        folder = screen(active, source, tmp_path / "out")
        code = {"uscc": "91140722MA0K0001XR"}
        expected = [answered(client, {**code, "employees": 5}), answered(client, code)]
        assert explained(active, folder, code["uscc"]) == expected


class TestRefusals:
    def code(self, *args, **more):
        with pytest.raises(FolderError) as error:
            explained(*args, **more)
        assert error.value.message("zh")
        return error.value.code

    def test_an_entity_that_is_not_there(self, screened, active):
        assert self.code(active, screened, "nobody") == "unknown_entity"

    def test_a_registry_that_changed_or_went(self, active, table, tmp_path):
        source = tmp_path / "registry.parquet"
        write_registry(table.lazy(), source, active.policy.vocabulary)
        folder = screen(active, source, tmp_path / "out")
        entity = table["entity"][0]
        moved = source.rename(tmp_path / "moved.parquet")
        assert self.code(active, folder, entity) == "registry_missing"
        assert len(explained(active, folder, entity, source=moved)) == 1
        write_registry(table.head(5).lazy(), source, active.policy.vocabulary)
        assert self.code(active, folder, entity) == "registry_changed"

    def test_with_truths_the_registry_is_not_needed(self, active, table, tmp_path):
        source = tmp_path / "registry.parquet"
        write_registry(table.lazy(), source, active.policy.vocabulary)
        folder = screen(active, source, tmp_path / "out", truths=True)
        source.unlink()
        assert len(explained(active, folder, table["entity"][0])) == 1

    def test_another_policy_than_the_one_that_decided(self, screened, active, table):
        asked = read_json(screened.path / "screening.json")
        name = asked["options"]["policy"]["parameters"][0][0]
        for change in ({"sha256": "0"}, {"parameters": [[name, "1"]]}):
            changed = {**asked["options"]["policy"], **change}
            write_json(screened.path / "screening.json", {**asked, "options": {**asked["options"], "policy": changed}})
            assert self.code(active, screened, table["entity"][0]) == "policy_changed"

    def test_a_folder_without_a_result(self, active, tmp_path):
        assert self.code(active, ScreeningFolder(tmp_path), "a") == "not_a_screening"


def test_truths_and_facts_stand_in_one_order(active, table, tmp_path):
    source = tmp_path / "registry.parquet"
    write_registry(table.lazy(), source, active.policy.vocabulary)
    folder = screen(active, source, tmp_path / "out", truths=True)
    names = ("truths.parquet", "facts.parquet", "decisions.parquet")
    truths, facts, decisions = (pl.read_parquet(folder.path / name)["entity"] for name in names)
    assert truths.to_list() == facts.to_list() == decisions.to_list()
