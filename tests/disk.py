"""A small disk of its own, which needs the right to mount one: root, as in the gate."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest


@contextmanager
def small_disk(folder):
    """A file system of 6 MiB on the folder, and a way to mount it again with other options.

    Whether that went well comes back; the kernel refuses a disk that is being written to as a read-only one.
    """
    if os.geteuid() != 0 or not _mounted("-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)):
        pytest.skip("no right to mount a file system here")
    try:
        yield lambda options: _mounted("-o", f"remount,{options}", str(folder))
    finally:
        subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)


def _mounted(*args):
    return subprocess.run([shutil.which("mount") or "mount", *args], check=False, capture_output=True).returncode == 0
