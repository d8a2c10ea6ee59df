"""Published versions: entered once, the same content again does nothing, other content is refused."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.storage.errors import VersionConflictError
from app.storage.repositories import Policies


def publish(database, version, document=b"{}"):
    with database.writing() as session:
        return Policies(session).publish(version, document)


class TestPublishing:
    def test_a_new_version_is_entered(self, database, version):
        assert publish(database, version(), b'{"a":1}')
        with database.reading() as session:
            assert Policies(session).history() == (version(),)
            assert Policies(session).document("county", "1.0.0") == b'{"a":1}'

    def test_the_same_content_again_changes_nothing(self, database, version):
        publish(database, version())
        assert not publish(database, version(published_by="somebody else"))
        with database.reading() as session:
            assert Policies(session).history() == (version(),)

    def test_other_content_under_the_same_version_is_refused(self, database, version):
        publish(database, version(), b"first")
        with pytest.raises(VersionConflictError) as caught:
            publish(database, version(sha256="b" * 64), b"second")
        assert caught.value.params == {
            "policy_id": "county",
            "version": "1.0.0",
            "published": "a" * 64,
            "offered": "b" * 64,
        }
        with database.reading() as session:
            assert Policies(session).document("county", "1.0.0") == b"first"

    def test_several_at_once_enter_it_once(self, database, version):
        ready = threading.Barrier(4)
        outcomes = []

        def run():
            ready.wait(5)
            outcomes.append(publish(database, version()))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(outcomes) == [False, False, False, True]

    def test_of_different_contents_at_once_one_is_entered(self, database, version):
        ready = threading.Barrier(4)
        outcomes = []

        def run(digit):
            ready.wait(5)
            try:
                outcomes.append(publish(database, version(sha256=digit * 64), digit.encode()))
            except VersionConflictError as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=run, args=(digit,)) for digit in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(map(str, outcomes)) == ["True", *["version_conflict"] * 3]

    def test_a_unit_of_work_that_fails_leaves_nothing(self, database, version):
        def publish_and_fail():
            with database.writing() as session:
                assert Policies(session).publish(version(), b"{}")
                session.execute(text("DELETE FROM policy_versions"))

        with pytest.raises(DBAPIError):
            publish_and_fail()
        with database.reading() as session:
            assert Policies(session).history() == ()


class TestReading:
    def test_the_latest_of_each_policy_is_the_one_published_last(self, database, version):
        for policy_id, number in (("county", "1.0.0"), ("county", "1.10.0"), ("other", "3"), ("county", "1.9.0")):
            publish(database, version(policy_id=policy_id, version=number))
        with database.reading() as session:
            latest = {found.policy_id: found.version for found in Policies(session).latest()}
        assert latest == {"county": "1.9.0", "other": "3"}

    def test_the_history_of_one_policy(self, database, version):
        publish(database, version())
        publish(database, version(policy_id="other"))
        with database.reading() as session:
            assert [found.policy_id for found in Policies(session).history("other")] == ["other"]
            assert Policies(session).history("none") == ()

    def test_what_is_not_published_is_none(self, database):
        with database.reading() as session:
            assert Policies(session).find("county", "1.0.0") is None
            assert Policies(session).document("county", "1.0.0") is None

    def test_moments_come_back_with_their_offset(self, database, version, moment):
        publish(database, version())
        with database.reading() as session:
            found = Policies(session).find("county", "1.0.0")
        assert found.published_at == moment
        assert found.published_at.tzinfo is not None


class TestTriggers:
    """The database itself refuses what the program would never ask for."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE policy_versions SET document = 'x'",
            "UPDATE policy_versions SET published_by = 'x' WHERE policy_id = 'county'",
            "DELETE FROM policy_versions",
        ],
    )
    def test_no_version_is_changed_or_removed(self, database, version, statement):
        publish(database, version())
        with pytest.raises(DBAPIError, match="never change"), database.writing() as session:
            session.execute(text(statement))
        with database.reading() as session:
            assert Policies(session).document("county", "1.0.0") == b"{}"

    @pytest.mark.parametrize("number", [1, None])
    def test_sqlite_replaces_no_version(self, sqlite_database, version, number):
        publish(sqlite_database, version())
        statement = text(
            "INSERT OR REPLACE INTO policy_versions VALUES ('county', '1.0.0', 'x', 'x', 'x', 'x', :number)"
        )
        with pytest.raises(DBAPIError, match="never change"), sqlite_database.writing() as session:
            session.execute(statement, {"number": number})

    @pytest.mark.postgres
    def test_postgresql_truncates_no_table(self, postgres_database, version):
        publish(postgres_database, version())
        with pytest.raises(DBAPIError, match="never change"), postgres_database.writing() as session:
            session.execute(text("TRUNCATE policy_versions"))
