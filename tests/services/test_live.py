"""What a running server answers from: loaded, refreshed, and kept when the database is away."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text

from app.services.calendars import build_calendar
from app.services.figures import FigureEntry, enter_figure
from app.services.live import LiveRegistry, keep_fresh
from app.services.notices import enter_notice
from app.services.packs import load_policy
from app.services.publishing import publish, read_pack
from app.storage.repositories import Notices, StoredNotice
from app.storage.session import Database, Waits

NOTICE = {"year": "2027", "document": "通知", "published_on": "2026-11-04", "days_off": ["2027-01-01", "2027-01-04"]}


@pytest.fixture
def live(empty_database, settings, clock):
    return LiveRegistry(empty_database, settings, clock)


class TestStart:
    def test_before_it_nothing_is_there(self, live):
        assert live.missing() == ("database", "rule_set")
        assert live.registry.get() is None

    def test_an_empty_database_is_migrated_and_filled(self, live):
        assert live.refresh()
        assert live.missing() == ()
        assert live.registry.get().policy.version == "1.0.0"

    def test_an_unknown_policy_in_the_settings_is_not_ready(self, empty_database, make_settings, clock):
        live = LiveRegistry(empty_database, make_settings(policy="elsewhere"), clock)
        live.refresh()
        assert live.missing() == ("rule_set",)


class TestRefresh:
    def test_without_news_it_keeps_the_registry(self, live):
        live.refresh()
        registry = live.registry
        assert not live.refresh()
        assert live.registry is registry

    def test_a_figure(self, live, empty_database, clock):
        live.refresh()
        entry = FigureEntry("m13_award_tier_1", "500000", "2027-01-01", None, "文件")
        enter_figure(empty_database, load_policy("zuoquan-2022"), entry, clock)
        assert live.refresh()
        assert live.registry.get().policy.parameters["m13_award_tier_1"].on(date(2027, 1, 1)) == 500000

    def test_a_notice(self, live, empty_database, clock):
        live.refresh()
        assert live.registry.calendar.is_worked(date(2027, 1, 4))
        enter_notice(empty_database, NOTICE, clock)
        assert live.refresh()
        assert not live.registry.calendar.is_worked(date(2027, 1, 4))

    def test_a_version(self, live, empty_database, clock, packs):
        live.refresh()
        publish(empty_database, read_pack(packs.policy_id, packs.path), "officer", clock)
        assert live.refresh()
        assert live.registry.ids == ("county-2030", "zuoquan-2022")

    def test_a_notice_that_no_longer_fits_leaves_the_packaged_calendar_and_is_said(self, live, empty_database, clock):
        live.refresh()
        with empty_database.writing() as session:
            Notices(session).enter(StoredNotice(2050, "通知", date(2049, 11, 1), (), (), clock.now()))
        assert live.refresh()
        assert live.missing() == ("calendar",)
        assert live.registry.calendar.version == build_calendar().version

    def test_a_version_that_cannot_be_read_changes_nothing(self, live, empty_database):
        live.refresh()
        with empty_database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO policy_versions (policy_id, version, sha256, document, published_at, published_by)"
                    " SELECT policy_id, '2', sha256, :document, published_at, 'x' FROM policy_versions"
                ),
                {"document": b"{}"},
            )
        live.refresh()
        assert live.missing() == ()
        assert live.registry.get().policy.version == "1.0.0"


@pytest.mark.postgres
class TestDatabaseAway:
    @pytest.fixture
    def behind(self, proxied, make_settings, clock):
        """A live registry whose database can be taken away."""
        proxy, url = proxied
        database = Database(url, Waits(statement=1))
        yield proxy, LiveRegistry(database, make_settings(database_url=url), clock)
        database.close()

    @pytest.fixture
    def database_url(self, postgres_url):
        return postgres_url

    def test_at_the_start_it_waits_for_it(self, behind):
        proxy, live = behind
        proxy.reset()
        assert not live.refresh()
        assert live.missing() == ("database", "rule_set")
        proxy.flow()
        assert live.refresh()
        assert live.missing() == ()

    def test_while_serving_it_answers_on_and_says_what_is_missing(self, behind):
        proxy, live = behind
        live.refresh()
        proxy.reset()
        live.refresh()
        assert live.missing() == ("database",)
        assert live.registry.ready
        proxy.flow()
        live.refresh()
        assert live.missing() == ()

    def test_a_server_that_hangs_blocks_no_longer_than_it_may(self, behind):
        proxy, live = behind
        live.refresh()
        proxy.hang()
        live.refresh()
        assert live.missing() == ("database",)


class TestKeepFresh:
    def test_tells_of_each_new_registry(self, live, empty_database, clock):
        async def run():
            told = asyncio.Queue()
            task = asyncio.create_task(keep_fresh(live, 0.05, told.put_nowait))
            async with asyncio.timeout(20):
                first = await told.get()
                await asyncio.to_thread(enter_notice, empty_database, NOTICE, clock)
                second = await told.get()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return first, second

        first, second = asyncio.run(run())
        assert first is not second
        assert second is live.registry
