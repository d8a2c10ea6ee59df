"""Reads a description on stdin and writes it with money and rates as the Python generator knows decimals."""

import json
import sys


def told(node):
    """The same, but for `"format": "decimal"` with its pattern: that generator wants `"format": "number"` alone."""
    if isinstance(node, list):
        return [told(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {name: told(value) for name, value in node.items()}
    if found.get("format") == "decimal":
        found = {name: value for name, value in found.items() if name != "pattern"} | {"format": "number"}
    return found


json.dump(told(json.load(sys.stdin)), sys.stdout)
