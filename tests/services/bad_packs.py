"""Packs with one fault each: the sound pack below ``tests/bad_packs/base`` with one thing changed."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import yaml

from app.services.packs import read_yaml

FOLDER = Path(__file__).parents[1] / "bad_packs"
BASE = FOLDER / "base"
PACK = "small-plan"
OFFICIAL_TEXT = BASE / "official.txt"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def described(name):
    """What a file changes, and the diagnostics that it expects."""
    content = read_yaml(FOLDER / f"{name}.yaml")
    expected = [(item["code"], item["file"], item.get("rule"), item["pointer"]) for item in content["expect"]]
    return content["change"], expected


def built(changes, folder):
    """The base pack with the changes, in a folder of its own."""
    packs = folder / "packs"
    shutil.copytree(BASE, packs)
    for change in changes:
        file = packs / change["file"]
        if "text" in change:
            whole = file.read_text(encoding="utf-8")
            old = whole if change["text"] == "*" else change["text"]
            assert old in whole
            file.write_text(whole.replace(old, change["with"]), encoding="utf-8")
        elif not change["at"]:
            file.unlink()
        else:
            content = _changed(read_yaml(file), change)
            file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return packs


def _changed(content, change):
    content = copy.deepcopy(content)
    *inner, last = change["at"].split("/")[1:]
    node = content
    for key in inner:
        node = node[int(key)] if isinstance(node, list) else node[key]
    if "remove" in change:
        del node[int(last) if isinstance(node, list) else last]
    elif isinstance(node, list) and last == "-":
        node.append(change["to"])
    else:
        node[int(last) if isinstance(node, list) else last] = change["to"]
    return content
