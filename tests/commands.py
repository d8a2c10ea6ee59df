"""Commands of other languages' tools."""

from __future__ import annotations

import os
import subprocess


def run_in(folder, *command, **environment):
    """What a command writes, which must end well."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
