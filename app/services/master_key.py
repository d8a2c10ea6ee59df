"""The one secret from which every other key is derived; it never lies in the database."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.rules.text import Text
from app.settings import PREFIX, SettingFault, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings

__all__ = ["KEY_BYTES", "MasterKey", "load_master_key"]

KEY_BYTES: Final = 32


class MasterKey:
    """32 random bytes; only keys derived from them are used."""

    def __init__(self, secret: bytes) -> None:
        """Take the bytes."""
        self._secret = secret

    def derive(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose (HKDF-SHA256); other purposes tell nothing about it."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"beizeng {purpose}".encode()).derive(self._secret)


def load_master_key(settings: Settings) -> MasterKey:
    """The key of the settings' file; made, readable by its owner alone, where there is none yet.

    Raises:
        SettingsError: the file cannot be made or read, or holds something else.
    """
    path = settings.key_path
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError([_fault(path)]) from error
    if len(secret) != KEY_BYTES:
        raise SettingsError([_fault(path)])
    return MasterKey(secret)


def _make(path: Path) -> None:
    """Whole or not at all, also when two processes start at once: the first one's key is everybody's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        os.close(descriptor)
        partial.unlink()


def _fault(path: Path) -> SettingFault:
    expected = Text(f"一个恰好 {KEY_BYTES} 字节、可读的文件", f"a readable file of exactly {KEY_BYTES} bytes")
    return SettingFault(f"{PREFIX}KEY_FILE", "bad_setting", path.name, expected)
