"""The log: one JSON object a line, whoever writes it, and nothing private in it."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from app.logging_setup import set_up_logging
from app.settings import LogFormat, LogLevel, Settings


@pytest.fixture
def log(capsys):
    """What was logged since, as lines; the logging of the tests themselves comes back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def start(**settings):
        set_up_logging(Settings(_env_file=None, **settings))
        return lines

    def lines():
        return capsys.readouterr().err.splitlines()

    yield start
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


class TestEntries:
    def test_ours_are_one_json_object_a_line(self, log):
        lines = log()
        structlog.get_logger("beizeng.test").info("policy_published", policy="zuoquan-2022", count=3)
        (entry,) = map(json.loads, lines())
        assert entry["event"] == "policy_published"
        assert (entry["policy"], entry["count"], entry["level"]) == ("zuoquan-2022", 3, "info")
        assert entry["time"].endswith("+08:00")

    def test_those_of_libraries_as_well(self, log):
        lines = log()
        logging.getLogger("uvicorn.error").info("Started process [%d]", 7)
        (entry,) = map(json.loads, lines())
        assert (entry["event"], entry["logger"]) == ("Started process [7]", "uvicorn.error")

    def test_below_the_level_nothing_is_written(self, log):
        lines = log(log_level=LogLevel.WARNING)
        structlog.get_logger().info("x")
        logging.getLogger("y").info("y")
        assert lines() == []

    def test_on_a_console_it_is_plain_words(self, log):
        lines = log(log_format=LogFormat.CONSOLE)
        structlog.get_logger().info("policy_published", policy="a")
        (line,) = lines()
        assert "policy_published" in line
        assert not line.startswith("{")


class TestPrivacy:
    @pytest.mark.parametrize(
        "name", ["facts", "uscc", "api_key", "Authorization", "client_secret", "password", "query_string", "name"]
    )
    def test_values_under_private_names_are_withheld(self, log, name):
        lines = log()
        structlog.get_logger().info("call", **{name: "91140722MA0K0001XR"}, nested={name: ["91140722MA0K0001XR"]})
        (line,) = lines()
        assert "91140722MA0K0001XR" not in line
        assert "[withheld]" in line

    def test_passwords_in_addresses_are_withheld(self, log):
        lines = log()
        logging.getLogger("z").warning("no connection to %s", "postgresql://office:hunter2@db.example/beizeng")
        (line,) = lines()
        assert "hunter2" not in line
        assert "db.example" in line

    @pytest.mark.parametrize("write", [structlog.get_logger, lambda: logging.getLogger("z")])
    def test_an_error_is_shown_by_its_place_and_not_by_its_text(self, log, write):
        lines = log()
        try:
            int("91140722MA0K0001XR")
        except ValueError:
            write().exception("unexpected")
        text = "\n".join(lines())
        assert "91140722MA0K0001XR" not in text
        assert "ValueError" in text
        assert "test_logging.py" in text
