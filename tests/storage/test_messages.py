"""Every failure of storage has words in both languages, with its fields filled in."""

from __future__ import annotations

import re

import pytest

from app.storage import errors
from app.storage.messages import MESSAGES, storage_message

CLASSES = [getattr(errors, name) for name in errors.__all__ if name != "StorageError"]
FIELDS = {
    "database_damaged": {"detail": "page 3"},
    "durability_weak": {"setting": "fsync", "value": "off"},
    "schema_too_new": {"revision": "9999"},
    "migration_busy": {"seconds": 60},
    "version_conflict": {"policy_id": "county", "version": "1.0.0", "published": "a" * 64, "offered": "b" * 64},
    "backup_unsupported": {"path": "x.dump"},
    "backup_exists": {"path": "x.db"},
    "backup_folder": {"path": "none"},
}


class TestMessages:
    def test_each_class_has_one(self):
        assert {kind.code for kind in CLASSES} == set(MESSAGES)

    @pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.code)
    def test_with_every_field_in_both_languages(self, kind):
        error = kind(**FIELDS.get(kind.code, {}))
        for language in ("zh", "en"):
            message = storage_message(error, language)
            assert not re.search(r"[{}]", message)
            for value in FIELDS.get(kind.code, {}).values():
                assert str(value)[:12] in message

    def test_hashes_are_shown_by_their_first_digits(self):
        message = storage_message(errors.VersionConflictError(**FIELDS["version_conflict"]), "en")
        assert "a" * 12 in message
        assert "a" * 13 not in message
