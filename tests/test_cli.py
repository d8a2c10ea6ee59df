"""The terminal: what each command says and does, its exit code, both languages, and no surprises."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime

import pytest

from app.services.deadlines import DeadlineRequest, answer_deadline
from app.services.publishing import load_registry
from app.settings import load_settings
from app.storage.session import Database
from tests.firms import FIRST_CERTIFIED as FACTS

NOTICE = {
    "year": 2027,
    "document": "国办发明电〔2026〕9号",
    "published_on": "2026-11-04",
    "days_off": ["2027-01-01", "2027-01-04"],
    "working_days": ["2027-01-09"],
}


@pytest.fixture
def facts_file(tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(FACTS), encoding="utf-8")
    return file


@pytest.fixture
def notice_file(tmp_path):
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(NOTICE), encoding="utf-8")
    return file


class TestHelp:
    COMMANDS = (
        (),
        ("serve",),
        ("decide",),
        ("policy",),
        ("policy", "check"),
        ("policy", "list"),
        ("policy", "show"),
        ("policy", "diff"),
        ("policy", "publish"),
        ("policy", "set-parameter"),
        ("calendar",),
        ("calendar", "list"),
        ("calendar", "import"),
        ("db",),
        ("db", "migrate"),
        ("db", "backup"),
    )

    @pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
    def test_every_command_has_it(self, command, words):
        found = command(*words, "--help")
        assert found.code == 0
        assert "Usage: beizeng" in found.out

    def test_a_command_that_is_not_there_is_a_misuse(self, command):
        found = command("polcy")
        assert found.code == 2
        assert "polcy" in found.err

    def test_a_language_that_is_not_there_is_a_misuse(self, command):
        assert command("policy", "list", "--lang", "fr").code == 2

    def test_as_a_module(self, tmp_path):
        command = [sys.executable, "-W", "error", "-m", "app", "db", "--help"]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert "migrate" in found.stdout


class TestLanguage:
    @pytest.mark.parametrize(
        ("environment", "expected"),
        [
            ({"LANG": "zh_CN.UTF-8"}, "没有文件"),
            ({"LANG": "en_GB.UTF-8"}, "There is no file"),
            ({"LANG": "C.UTF-8"}, "没有文件"),
            ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "There is no file"),
        ],
    )
    def test_follows_the_environment(self, command, monkeypatch, environment, expected):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert expected in command("calendar", "import", "absent.yaml").err

    @pytest.mark.parametrize(("chosen", "expected"), [("zh", "没有文件"), ("en", "There is no file")])
    def test_is_chosen_on_the_command_line(self, command, chosen, expected):
        assert expected in command("calendar", "import", "absent.yaml", "--lang", chosen).err


class TestSettings:
    def test_an_unknown_one_is_said_in_plain_words(self, command, monkeypatch):
        monkeypatch.setenv("BEIZENG_DATABSE_URL", "sqlite:///x.db")
        found = command("db", "migrate")
        assert found.code == 1
        assert found.err == "There is no setting BEIZENG_DATABSE_URL. Did you mean BEIZENG_DATABASE_URL?\n"

    def test_open_to_anyone_is_refused_beyond_this_machine(self, command, monkeypatch):
        monkeypatch.setenv("BEIZENG_AUTH", "open")
        found = command("serve", "--host", "0.0.0.0")  # noqa: S104 - refused
        assert found.code == 1
        assert "BEIZENG_AUTH=required" in found.err


class TestDecide:
    def test_a_table_with_money_and_what_is_still_needed(self, command, facts_file, tmp_path):
        found = command("decide", facts_file, "--on", "2023-06-01", "--measures", "38")
        assert found.code == 0
        assert "60,000.00" in found.out
        assert "Money in all: 210,000.00 yuan." in found.out
        assert "eligible 2, undetermined 1" in found.out
        assert "is_technology_enterprise" in found.out
        assert [path.name for path in tmp_path.iterdir()] == ["facts.json"], "asking leaves nothing behind"

    def test_in_chinese(self, command, facts_file):
        found = command("decide", facts_file, "--on", "2023-06-01", "--measures", "38", "--lang", "zh")
        assert "高新技术企业认定奖励" in found.out
        assert "资金合计 210,000.00 元。" in found.out

    def test_json_is_the_body_of_the_api(self, command, facts_file):
        options = ("--on", "2023-06-01", "--measures", "38", "--explain", "none", "--json")
        answer = json.loads(command("decide", facts_file, *options).out)
        assert answer["counts"] == {"eligible": 2, "ineligible": 0, "undetermined": 1, "not_in_force": 0}
        assert [result["amount"]["value"] for result in answer["results"]] == [None, "60000.00", "150000.00"]

    def test_from_standard_input_with_a_byte_order_mark(self, command):
        content = b"\xef\xbb\xbf" + json.dumps(FACTS).encode()
        assert command("decide", "-", "--measures", "38", stdin=content).code == 0

    def test_a_whole_request_and_options_that_take_precedence(self, command):
        body = {"facts": FACTS, "on": "2020-01-01", "measures": [38], "explain": "none"}
        answer = json.loads(command("decide", "-", "--on", "2023-06-01", "--json", stdin=json.dumps(body).encode()).out)
        assert answer["on"] == "2023-06-01"
        assert len(answer["results"]) == 3

    def test_rules_may_be_repeated_or_separated_by_commas(self, command, facts_file):
        one, two = "m38-hnte-certification-award", "m38-hnte-application-grant"
        by_commas = command("decide", facts_file, "--rules", f"{one}, {two}", "--json")
        repeated = command("decide", facts_file, "--rules", one, "--rules", two, "--json")
        assert by_commas.out == repeated.out
        assert len(json.loads(repeated.out)["results"]) == 2

    def test_full_shows_every_result(self, command, facts_file):
        short = command("decide", facts_file, "--on", "2023-06-01")
        full = command("decide", facts_file, "--on", "2023-06-01", "--explain", "full")
        assert full.out.count("│ ineligible") > 0
        assert short.out.count("│ ineligible") == 0

    def test_numbers_keep_every_digit(self, command):
        content = b'{"annual_revenue": 0.1e1, "total_assets": 100000000000000.01}'
        assert command("decide", "-", "--json", stdin=content).code == 0

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b'{"employes": 5}', "/facts/employes: "),
            (b'{"employees": true}', "/facts/employees: "),
            (b'{"employees": 5, "employees": 6}', "employees"),
            (b'{"employees": 5', "line 1"),
            (b"[]", "/: "),
            (b"", "empty"),
            (b'{"name": "\\ud800"}', "/name: "),
            (b"\xff\xfe{}", "UTF-8"),
        ],
    )
    def test_bad_facts_are_said_with_their_place(self, command, content, expected):
        found = command("decide", "-", stdin=content)
        assert found.code == 1
        assert found.out == ""
        assert expected in found.err

    @pytest.mark.parametrize(
        ("option", "expected"),
        [
            (("--on", "2023-02-29"), "/on: "),
            (("--rules", "m38-hnte-certification-awrad"), "m38-hnte-certification-award"),
            (("--measures", "57"), "/measures/0: "),
            (("--measures", "t1"), "/measures/0: "),
            (("--subjects", "enterprises"), "enterprise"),
        ],
    )
    def test_bad_options_as_well(self, command, facts_file, option, expected):
        found = command("decide", facts_file, *option)
        assert found.code == 1
        assert expected in found.err

    def test_a_file_that_is_not_there(self, command):
        found = command("decide", "absent.json")
        assert (found.code, found.out) == (1, "")
        assert "absent.json" in found.err

    def test_figures_of_the_county_count(self, command, tmp_path):
        command("policy", "publish")
        command("policy", "set-parameter", "m13_award_tier_1", "500000", "--from", "2027-01-01", "--source", "x")
        with_figure = command("policy", "show")
        assert "500000" in with_figure.out


class TestPolicy:
    def test_check_finds_the_packaged_policy_sound(self, command):
        found = command("policy", "check")
        assert (found.code, found.err) == (0, "")
        assert "zuoquan-2022 1.0.0: sound" in found.out

    def test_check_names_each_fault_and_fails(self, command, further_pack):
        further_pack.change("clauses/m38.yaml", "name: entity_type", "name: entity_typ")
        found = command("policy", "check", further_pack.policy_id)
        assert found.code == 1
        assert "clauses/m38.yaml" in found.out
        assert "entity_type" in found.out

    def test_check_for_scripts(self, command):
        (report,) = json.loads(command("policy", "check", "--json").out)
        assert report["policy"] == "zuoquan-2022"
        assert report["faults"] == []

    def test_check_of_a_pack_that_is_not_there(self, command):
        found = command("policy", "check", "zuoquan-2023")
        assert found.code == 1
        assert "zuoquan-2022" in found.err

    def test_list_before_anything_is_published(self, command, tmp_path):
        found = command("policy", "list")
        assert "not published" in found.out
        assert list(tmp_path.iterdir()) == []

    def test_publish_list_and_again(self, command):
        published = command("policy", "publish", "--by", "officer")
        assert published.code == 0
        (row,) = json.loads(command("policy", "list", "--json").out)
        assert (row["state"], row["published_by"]) == ("answering", "officer")
        assert row["sha256"] in published.out
        assert "already" in command("policy", "publish").out

    def test_publish_from_a_folder(self, command, further_pack):
        assert command("policy", "publish", further_pack.path / further_pack.policy_id).code == 0
        rows = json.loads(command("policy", "list", "--json").out)
        assert {row["policy"] for row in rows if row["state"] == "answering"} == {"county-2030"}

    def test_publish_refuses_a_pack_with_faults(self, command, further_pack):
        further_pack.change("clauses/m38.yaml", "name: entity_type", "name: entity_typ")
        found = command("policy", "publish", further_pack.policy_id)
        assert found.code == 1
        assert "nothing was published" in found.err

    def test_publish_refuses_other_content_under_a_published_version(self, command, further_pack):
        command("policy", "publish", further_pack.policy_id)
        further_pack.reword()
        found = command("policy", "publish", further_pack.policy_id)
        assert found.code == 1
        assert "raise version in manifest.yaml" in found.err

    def test_diff_between_the_published_version_and_the_pack(self, command, further_pack):
        command("policy", "publish", further_pack.policy_id)
        assert "no difference" in command("policy", "diff", further_pack.policy_id).out
        further_pack.raise_version("1.1.0")
        further_pack.reword()
        lines = command("policy", "diff", further_pack.policy_id).out.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("~ manifest/title/en: Implementation plan")
        assert lines[1] == "~ manifest/version: 1.0.0 → 1.1.0"

    def test_diff_between_two_published_versions(self, command, further_pack):
        command("policy", "publish", further_pack.policy_id)
        further_pack.raise_version("1.1.0")
        command("policy", "publish", further_pack.policy_id)
        options = ("--from", "1.0.0", "--to", "1.1.0", "--json")
        (change,) = json.loads(command("policy", "diff", further_pack.policy_id, *options).out)
        assert change == {"path": "manifest/version", "before": "1.0.0", "after": "1.1.0"}

    def test_diff_of_what_is_not_published(self, command):
        found = command("policy", "diff")
        assert found.code == 1
        assert "zuoquan-2022 is not published" in found.err

    def test_show_before_anything_is_published(self, command):
        found = command("policy", "show")
        assert "64 clauses" in found.out
        assert "m13_award_tier_1" in found.out

    def test_show_the_whole_document_of_a_version(self, command):
        command("policy", "publish")
        document = json.loads(command("policy", "show", "--version", "1.0.0", "--json").out)
        assert document["manifest"]["id"] == "zuoquan-2022"

    def test_show_an_unknown_policy(self, command):
        found = command("policy", "show", "elsewhere")
        assert found.code == 1
        assert "zuoquan-2022" in found.err


class TestSetParameter:
    def test_without_a_published_policy_the_figure_has_its_place(self, command):
        options = ("--from", "2027-01-01", "--to", "2027-12-31", "--source", "左政办发〔2027〕1号")
        found = command("policy", "set-parameter", "m13_award_tier_1", "500000", *options)
        assert found.code == 0
        assert "500000 from 2027-01-01" in found.out
        command("policy", "publish")
        shown = command("policy", "show").out
        assert "2027-01-01 - 2027-12-31" in shown
        assert "左政办发〔2027〕1号" in shown

    def test_faults_are_said_by_field(self, command):
        found = command("policy", "set-parameter", "m13_award_teir_1", "50万", "--from", "2027", "--source", "x")
        assert found.code == 1
        assert "m13_award_tier_1" in found.err
        assert "/valid_from: " in found.err

    def test_what_must_be_said_is_a_misuse_when_left_out(self, command):
        assert command("policy", "set-parameter", "m13_award_tier_1", "500000").code == 2


class TestCalendar:
    def test_list_before_anything_is_entered(self, command, tmp_path):
        found = command("calendar", "list")
        assert "2004-2026" in found.out
        assert "provisional" in found.out
        assert list(tmp_path.iterdir()) == []

    def test_import_and_list(self, command, notice_file):
        found = command("calendar", "import", notice_file)
        assert found.code == 0
        assert "2 days off" in found.out
        listed = json.loads(command("calendar", "list", "--json").out)
        assert listed["years"]["2027"] == "entered"
        assert listed["years"]["2028"] == "provisional"
        assert listed["notices"][0]["days_off"] == ["2027-01-01", "2027-01-04"]
        assert "国办发明电〔2026〕9号" in command("calendar", "list").out

    def test_import_of_yaml(self, command, tmp_path):
        file = tmp_path / "2027.yaml"
        file.write_text(
            "year: 2027\ndocument: 通知\npublished_on: 2026-11-04\ndays_off: [2027-01-01]\n", encoding="utf-8"
        )
        assert command("calendar", "import", file).code == 0

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ('{"year": 2027', "yaml"),
            ("[1]", "year, document"),
            ('{"year": 2027, "year": 2028}', "year"),
            ('{"year": 2027, "document": "x", "published_on": "2026-11-31"}', "/published_on: "),
            (
                '{"year": 2027, "document": "x", "published_on": "2026-11-04", "days_off": ["2027-02-30"]}',
                "/days_off/0: ",
            ),
            ('{"yaer": 2027}', "/yaer: "),
        ],
    )
    def test_a_bad_notice_is_said_with_its_place_and_not_kept(self, command, tmp_path, content, expected):
        file = tmp_path / "notice.json"
        file.write_text(content, encoding="utf-8")
        found = command("calendar", "import", file)
        assert found.code == 1
        assert expected.lower() in found.err.lower()
        assert json.loads(command("calendar", "list", "--json").out)["notices"] == []

    def test_f04_a_notice_entered_after_the_clock_started(self, command, notice_file):
        command("policy", "publish")
        assert self.deadline() == ("2027-01-05", "provisional")
        command("calendar", "import", notice_file)
        assert self.deadline() == ("2027-01-06", "official")

    def deadline(self):
        settings = load_settings()
        database = Database(settings.database_url)
        registry = load_registry(database, settings).registry
        database.close()
        policy = registry.get().policy
        (target,) = (target for target in policy.targets if target.id == "m47-power-low-voltage")
        started = datetime.fromisoformat("2026-12-28T09:00:00+08:00")
        answer = answer_deadline(policy, target, DeadlineRequest(started, started), registry.calendar, "zh")
        return date.fromisoformat(answer["due_at"][:10]).isoformat(), answer["calendar"]


class TestDatabase:
    def test_migrate_and_again(self, command):
        assert "are up to date now" in command("db", "migrate").out
        assert "already" in command("db", "migrate").out

    def test_backup(self, command, tmp_path):
        command("policy", "publish")
        assert command("db", "backup", "copy.db").code == 0
        assert (tmp_path / "copy.db").stat().st_size > 100_000
        again = command("db", "backup", "copy.db")
        assert again.code == 1
        assert "overwrites nothing" in again.err

    def test_backup_without_a_database(self, command, tmp_path):
        assert command("db", "backup", "copy.db").code == 1
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.postgres
    def test_backup_of_postgresql_names_its_own_tool(self, command, postgres_url, monkeypatch):
        monkeypatch.setenv("BEIZENG_DATABASE_URL", postgres_url)
        command("db", "migrate")
        found = command("db", "backup", "x.dump")
        assert found.code == 1
        assert "pg_dump" in found.err

    def test_a_server_that_is_not_there(self, command, monkeypatch):
        monkeypatch.setenv("BEIZENG_DATABASE_URL", "postgresql://office:hunter2@127.0.0.1:1/none")
        found = command("db", "migrate")
        assert found.code == 1
        assert "cannot be reached" in found.err
        assert "hunter2" not in found.err

    def test_tables_that_are_missing(self, command, tmp_path):
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "beizeng.db").touch()
        found = command("policy", "list")
        assert found.code == 1
        assert "beizeng db migrate" in found.err
