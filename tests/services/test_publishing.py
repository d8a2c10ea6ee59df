"""Publishing packs from disk, and loading what answers from the store."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.rules.errors import PackError
from app.rules.packs.parse import parse_policy
from app.services.figures import FigureEntry, enter_figure
from app.services.packs import PACKAGED, load_document, load_policy
from app.services.publishing import load_registry, parse_published, publish, publish_first, read_pack
from app.storage.errors import DatabaseDamagedError, VersionConflictError
from app.storage.repositories import Policies, PublishedVersion


def history(database):
    with database.reading() as session:
        return [(found.policy_id, found.version, found.published_by) for found in Policies(session).history()]


class TestFirstStart:
    def test_publishes_the_packaged_policies(self, database, settings, clock):
        startup = publish_first(database, settings, clock)
        assert [pack.policy_id for pack in startup.published] == ["zuoquan-2022"]
        assert startup.failures == ()
        assert history(database) == [("zuoquan-2022", "1.0.0", "package")]

    def test_again_changes_nothing(self, database, settings, clock):
        publish_first(database, settings, clock)
        again = publish_first(database, settings, clock)
        assert (again.published, again.waiting, again.failures) == ((), (), ())
        assert len(history(database)) == 1

    def test_publishes_further_packs(self, database, make_settings, clock, packs):
        startup = publish_first(database, make_settings(policy_dir=packs.path), clock)
        assert [pack.policy_id for pack in startup.published] == ["zuoquan-2022", "county-2030"]

    def test_a_newer_pack_waits_for_somebody_to_publish_it(self, database, make_settings, clock, packs):
        settings = make_settings(policy_dir=packs.path)
        publish_first(database, settings, clock)
        packs.raise_version("1.1.0")
        startup = publish_first(database, settings, clock)
        assert [(pack.policy_id, pack.version) for pack in startup.waiting] == [("county-2030", "1.1.0")]
        assert startup.published == ()

    def test_other_content_under_the_published_version_is_an_error_that_says_what_to_do(
        self, database, make_settings, clock, packs
    ):
        settings = make_settings(policy_dir=packs.path)
        publish_first(database, settings, clock)
        packs.reword()
        (failure,) = publish_first(database, settings, clock).failures
        assert failure.subject == "county-2030"
        assert isinstance(failure.error, VersionConflictError)
        assert failure.error.params["version"] == "1.0.0"
        assert load_registry(database, settings).registry.get("county-2030").policy.title.en.startswith("Impl")

    def test_a_broken_pack_keeps_no_other_from_being_published(self, database, make_settings, clock, packs):
        packs.change("manifest.yaml", "kinds:", "kinds: [")
        startup = publish_first(database, make_settings(policy_dir=packs.path), clock)
        assert [pack.policy_id for pack in startup.published] == ["zuoquan-2022"]
        assert isinstance(startup.failures[0].error, PackError)


class TestReadPack:
    @pytest.mark.parametrize(
        "file", ["manifest.yaml", "parameters.yaml", "targets.yaml", "clauses/m38.yaml", "clauses/t1.yaml"]
    )
    @pytest.mark.parametrize("damage", ["truncate", "empty", "list"])
    def test_a_damaged_file_is_a_fault_of_the_pack(self, packs, file, damage):
        path = packs.path / packs.policy_id / file
        whole = path.read_text(encoding="utf-8")
        path.write_text({"truncate": whole[: len(whole) // 2], "empty": "", "list": "- 1\n"}[damage], encoding="utf-8")
        with pytest.raises(PackError):
            read_pack(packs.policy_id, packs.path)

    @pytest.mark.parametrize("file", ["manifest.yaml", "parameters.yaml", "targets.yaml"])
    def test_a_missing_file_is_a_fault_of_the_pack(self, packs, file):
        (packs.path / packs.policy_id / file).unlink()
        with pytest.raises(PackError, match="file_missing"):
            read_pack(packs.policy_id, packs.path)


class TestStoredDocument:
    def test_says_the_same_as_the_files(self, database, settings, clock):
        publish_first(database, settings, clock)
        loaded = load_registry(database, settings)
        assert loaded.registry.get().policy == load_policy("zuoquan-2022")

    def test_does_not_depend_on_the_order_of_keys(self):
        document = load_document("zuoquan-2022")
        assert parse_policy(_reversed_keys(document)) == parse_policy(document)

    def test_other_bytes_than_those_published_are_damage(self, clock):
        pack = read_pack("zuoquan-2022", PACKAGED)
        version = PublishedVersion(pack.policy_id, pack.version, pack.sha256, clock.now(), "x")
        with pytest.raises(DatabaseDamagedError, match=r"zuoquan-2022 1\.0\.0"):
            parse_published(version, pack.document.replace(b"150000", b"150001", 1))


def _reversed_keys(node):
    if isinstance(node, dict):
        return {key: _reversed_keys(node[key]) for key in reversed(node)}
    return [_reversed_keys(item) for item in node] if isinstance(node, list) else node


class TestLoadRegistry:
    def test_without_a_published_policy_nothing_is_ready(self, database, settings):
        loaded = load_registry(database, settings)
        assert loaded.registry.ids == ()
        assert not loaded.registry.ready

    def test_the_policy_of_the_settings_answers(self, database, make_settings, clock, packs):
        settings = make_settings(policy_dir=packs.path, policy="county-2030")
        publish_first(database, settings, clock)
        registry = load_registry(database, settings).registry
        assert registry.ready
        assert registry.ids == ("county-2030", "zuoquan-2022")
        assert registry.get().policy.id == "county-2030"

    def test_the_version_published_last_answers(self, database, make_settings, clock, packs):
        settings = make_settings(policy_dir=packs.path)
        publish_first(database, settings, clock)
        packs.raise_version("1.1.0")
        assert publish(database, read_pack("county-2030", packs.path), "officer", clock)
        assert load_registry(database, settings).registry.get("county-2030").policy.version == "1.1.0"

    def test_figures_are_laid_over(self, database, settings, clock):
        publish_first(database, settings, clock)
        policy = load_policy("zuoquan-2022")
        enter_figure(
            database, policy, FigureEntry("m13_award_tier_1", "500000", "2027-01-01", "2027-12-31", "文件"), clock
        )
        parameter = load_registry(database, settings).registry.get().policy.parameters["m13_award_tier_1"]
        assert parameter.on(date(2026, 12, 31)) is None
        assert parameter.on(date(2027, 1, 1)) == Decimal(500000)
        assert parameter.on(date(2027, 12, 31)) == Decimal(500000)
        assert parameter.on(date(2028, 1, 1)) is None

    def test_a_figure_takes_the_place_of_one_of_the_pack_with_the_same_start(
        self, database, make_settings, clock, packs
    ):
        packs.change(
            "parameters.yaml",
            "values: []",
            'values: [{valid_from: "2026-01-01", value: "1", source: a},'
            ' {valid_from: "2027-01-01", value: "2", source: b}]',
        )
        settings = make_settings(policy_dir=packs.path)
        publish_first(database, settings, clock)
        policy = load_registry(database, settings).registry.get("county-2030").policy
        name = next(parameter.id for parameter in policy.parameters.values() if parameter.values)
        enter_figure(database, policy, FigureEntry(name, "3", "2027-01-01", None, "c"), clock)
        parameter = load_registry(database, settings).registry.get("county-2030").policy.parameters[name]
        assert [parameter.on(date(year, 6, 1)) for year in (2026, 2027)] == [Decimal(1), Decimal(3)]

    def test_a_version_that_cannot_be_read_leaves_the_one_before_it_answering(self, database, settings, clock):
        publish_first(database, settings, clock)
        with database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO policy_versions (policy_id, version, sha256, document, published_at, published_by)"
                    " VALUES ('zuoquan-2022', '9', 'x', :document, :moment, 'x')"
                ),
                {
                    "document": b"{}",
                    "moment": clock.now() if "postgres" in settings.database_url else "2026-11-24 00:00:00",
                },
            )
        loaded = load_registry(database, settings)
        assert loaded.registry.get().policy.version == "1.0.0"
        assert [failure.subject for failure in loaded.failures] == ["zuoquan-2022 9"]
