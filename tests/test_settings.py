"""Settings: defaults, environment and file, and what is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.settings import (
    Auth,
    LogFormat,
    LogLevel,
    Settings,
    SettingsError,
    load_settings,
    refuse_open_beyond_loopback,
)


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Settings from given names, and from given lines of a .env file."""

    def load_with(lines: str = "", **names: str) -> Settings:
        for name, value in names.items():
            monkeypatch.setenv(name, value)
        file = tmp_path / ".env"
        file.write_text(lines, encoding="utf-8")
        return load_settings(file)

    return load_with


def fault_of(load, **names):
    with pytest.raises(SettingsError) as caught:
        load(**names)
    (fault,) = caught.value.faults
    return fault


class TestDefaults:
    def test_the_documented_defaults(self, load):
        settings = load()
        assert settings.database_url == "sqlite:///var/beizeng.db"
        assert settings.auth is Auth.REQUIRED
        assert settings.policy == "zuoquan-2022"
        assert settings.policy_dir is None
        assert settings.max_body_bytes == 262_144
        assert settings.docs is True
        assert settings.log_level is LogLevel.INFO
        assert settings.log_format is None
        assert settings.shutdown_seconds == 20

    def test_settings_never_change(self, load):
        with pytest.raises(ValidationError, match="frozen"):
            load().auth = Auth.OPEN


class TestSources:
    def test_from_the_environment(self, load):
        settings = load(BEIZENG_DOCS="off", BEIZENG_LOG_FORMAT="console", BEIZENG_AUTH="open")
        assert (settings.docs, settings.log_format, settings.auth) == (False, LogFormat.CONSOLE, Auth.OPEN)

    def test_from_the_file(self, load):
        assert load("BEIZENG_POLICY=县级-2030\nOTHER=1\n").policy == "县级-2030"

    def test_the_environment_wins_over_the_file(self, load):
        assert load("BEIZENG_POLICY=file\n", BEIZENG_POLICY="environment").policy == "environment"

    def test_an_empty_value_counts_as_not_given(self, load):
        assert load(BEIZENG_POLICY_DIR="").policy_dir is None

    def test_other_names_are_none_of_our_business(self, load):
        assert load(BEIJING_AUTH="x", PATH_EXTRA="y").auth is Auth.REQUIRED

    def test_no_file_at_all(self, tmp_path):
        assert load_settings(tmp_path / "absent").policy == "zuoquan-2022"


class TestUnknownNames:
    def test_in_the_environment_names_the_nearest(self, load):
        fault = fault_of(load, BEIZENG_DATABSE_URL="sqlite:///x.db")
        assert (fault.name, fault.code) == ("BEIZENG_DATABSE_URL", "unknown_setting")
        assert fault.suggestions[0] == "BEIZENG_DATABASE_URL"
        assert "BEIZENG_DATABASE_URL" in fault.message("zh")
        assert "BEIZENG_DATABASE_URL" in fault.message("en")

    def test_in_the_file(self, load):
        with pytest.raises(SettingsError, match="BEIZENG_PORT"):
            load("BEIZENG_PORT=80\n")

    def test_all_faults_are_reported_at_once(self, load):
        with pytest.raises(SettingsError) as caught:
            load(BEIZENG_AUHT="open", BEIZENG_DOCS="maybe", BEIZENG_SHUTDOWN_SECONDS="soon")
        assert [fault.name for fault in caught.value.faults] == [
            "BEIZENG_AUHT",
            "BEIZENG_DOCS",
            "BEIZENG_SHUTDOWN_SECONDS",
        ]


class TestBadValues:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("BEIZENG_AUTH", "opne", "required or open"),
            ("BEIZENG_LOG_LEVEL", "loud", "debug or info or warning or error"),
            ("BEIZENG_LOG_FORMAT", "xml", "json or console"),
            ("BEIZENG_DOCS", "2", "on or off"),
            ("BEIZENG_MAX_BODY_BYTES", "0", "a whole number, 1 or more"),
            ("BEIZENG_MAX_JSON_DEPTH", "1000", "a whole number, 3 to 200"),
            ("BEIZENG_SHUTDOWN_SECONDS", "0", "seconds, more than 0 and at most 30"),
            ("BEIZENG_POLICY_DIR", "no/such/folder", "a folder that exists"),
        ],
    )
    def test_says_what_it_takes(self, load, name, value, expected):
        fault = fault_of(load, **{name: value})
        assert fault.name == name
        assert value in fault.message("en")
        assert expected in fault.message("en")
        assert value in fault.message("zh")

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+asyncpg://u:hunter2@h/d",
            "sqlite+aiosqlite:///x.db",
            "mysql://u:hunter2@h/d",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "sqlite://x.db",
            "var/beizeng.db",
        ],
    )
    def test_a_database_address_is_refused_and_never_repeated(self, load, url):
        fault = fault_of(load, BEIZENG_DATABASE_URL=url)
        assert "sqlite:///path" in fault.message("en")
        assert "hunter2" not in fault.message("en") + fault.message("zh") + repr(fault)

    @pytest.mark.parametrize(
        "url", ["hunter2:4318", "ftp://hunter2", "http://u:hunter2@h", "http://h?hunter2", "http://[hunter2"]
    )
    def test_a_collector_s_address_is_refused_and_never_repeated(self, load, url):
        fault = fault_of(load, BEIZENG_OTEL_ENDPOINT=url)
        assert "http://host:port" in fault.message("en")
        assert "hunter2" not in fault.message("en") + fault.message("zh") + repr(fault)

    def test_the_password_is_not_shown(self, load):
        settings = load(BEIZENG_DATABASE_URL="postgresql://u:hunter2@h/d")
        assert "hunter2" not in repr(settings)


class TestOpenService:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
    def test_listens_on_this_machine(self, load, host):
        refuse_open_beyond_loopback(load(BEIZENG_AUTH="open"), host)

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "beizeng.example", ""])  # noqa: S104 - refused
    def test_is_refused_elsewhere(self, load, host):
        with pytest.raises(SettingsError, match="BEIZENG_AUTH=required"):
            refuse_open_beyond_loopback(load(BEIZENG_AUTH="open"), host)

    def test_a_service_that_asks_who_calls_listens_anywhere(self, load):
        refuse_open_beyond_loopback(load(), "0.0.0.0")  # noqa: S104 - that is the case
