"""YAML in which every scalar stays text and a repeated key is refused."""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["read_yaml_text"]


class _TextLoader(yaml.BaseLoader):
    """All scalars as text; repeated keys refused; no anchors, so that nothing can be multiplied."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases, the only way in which a small file makes a large document."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not used here", self.get_mark())
        return super().compose_node(parent, index)


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str) or key in found:
            message = f"repeated or unusable key {key!r}"
            raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml_text(text: str) -> Any:
    """The document in ``text``.

    Raises:
        yaml.YAMLError: for what YAML cannot read, aliases and repeated keys included.
    """
    return yaml.load(text, _TextLoader)  # noqa: S506 - a BaseLoader makes text only
