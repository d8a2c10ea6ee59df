"""The mini-program: typed as its platform is, locked, and used against the live service."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.api.conftest import application, port  # noqa: F401  the live service
from tests.commands import run_in

SAMPLE = Path(__file__).parents[2] / "clients" / "miniprogram"
SOURCE = SAMPLE / "miniprogram"
LEFT_BEHIND = shutil.ignore_patterns("node_modules", "build")


def sources(ending):
    return {path.relative_to(SOURCE): path.read_text(encoding="utf-8") for path in SOURCE.rglob(f"*{ending}")}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a command in a copy of the sample with the packages that its lock pins."""
    assert shutil.which("npm"), "needs Node and npm"
    folder = shutil.copytree(SAMPLE, tmp_path_factory.mktemp("miniprogram") / "sample", ignore=LEFT_BEHIND)

    def command(*words, **variables):
        return run_in(folder, *words, **variables)

    command("npm", "ci", "--prefer-offline")
    return command


@pytest.mark.parts
class TestParts:
    def test_typed_by_the_platforms_own_typings(self, run):
        run("npm", "run", "check")

    def test_asks_shows_and_explains_what_the_live_service_says(self, run, port):  # noqa: F811
        run("npm", "run", "build")
        told = run(
            *("node", "--test", "--test-reporter=tap", "tests/assessment.test.js"),
            SERVICE_URL=f"http://127.0.0.1:{port}",
        )
        assert re.search(r"^# pass 1[0-9]$", told, re.MULTILINE), told
        assert "\n# fail 0\n" in told


class TestFiles:
    def test_the_lock_pins_everything_and_names_no_address(self):
        text = (SAMPLE / "package-lock.json").read_text(encoding="utf-8")
        assert "://" not in text
        lock = json.loads(text)
        packages = {name: found for name, found in lock["packages"].items() if name}
        assert all("resolved" not in found and found["integrity"] for found in packages.values())
        wanted = json.loads((SAMPLE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
        assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted

    def test_nobodys_application_is_named(self):
        project = json.loads((SAMPLE / "project.config.json").read_text(encoding="utf-8"))
        assert project["appid"] == "touristappid"

    def test_every_page_and_component_has_its_files(self):
        pages = json.loads((SOURCE / "app.json").read_text(encoding="utf-8"))["pages"]
        used = [SOURCE / page for page in pages]
        for place in used:
            named = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))["usingComponents"].values()
            used += [SOURCE / one.lstrip("/") if one[0] == "/" else (place.parent / one).resolve() for one in named]
        assert len(set(used)) == 4
        for place in used:
            assert all(place.with_suffix(ending).exists() for ending in (".ts", ".json", ".wxml", ".wxss")), place

    def test_every_word_is_used_and_said_in_both_languages(self):
        chinese, english = (
            dict(re.findall(r'^  (\w+): "(.*)",$', (SOURCE / "words" / f"{name}.ts").read_text("utf-8"), re.MULTILINE))
            for name in ("zh", "en")
        )
        places = re.compile(r"{\w+}")
        assert {key: set(places.findall(text)) for key, text in chinese.items()} == {
            key: set(places.findall(text)) for key, text in english.items()
        }
        used = "".join(
            [
                *sources(".wxml").values(),
                *(text for path, text in sources(".ts").items() if path.stem not in ("zh", "en")),
            ]
        )
        made = re.compile(r"^(status|nature|truth|fault)_")
        assert [key for key in chinese if not re.search(rf"\b{key}\b", used) and not made.match(key)] == []
        for text in (*chinese.values(), *english.values()):
            assert not re.search(r"(?<!不等于)已经?批准|\bapproved\b", text), text

    def test_no_figure_passes_through_a_binary_fraction(self):
        for path, text in sources(".ts").items():
            assert not re.search(r"parseFloat|toFixed|Math\.|PATCH", text), path
