"""The service as an operator runs it: a process of its own, a port, signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

__all__ = ["Service", "running"]


class Service:
    """One running service."""

    def __init__(self, process, port, environment, folder):
        self.process, self.port, self.environment, self.folder = process, port, environment, folder
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False)

    def wait_until(self, path, status, seconds=60):
        """The answer of a path once it has the status."""
        until, seen = time.monotonic() + seconds, None
        while time.monotonic() < until:
            assert self.process.poll() is None, self.process.stderr.read()
            try:
                seen = self.client.get(path)
            except httpx.TransportError:
                seen = None
            if seen is not None and seen.status_code == status:
                return seen
            time.sleep(0.1)
        return pytest.fail(f"{path} did not answer {status} within {seconds} s: {seen and seen.text}")

    def run(self, *args):
        command = [sys.executable, "-m", "app", *map(str, args)]
        subprocess.run(command, env=self.environment, cwd=self.folder, check=True, capture_output=True, timeout=120)

    def terminate(self, seconds=30):
        """SIGTERM, and how many seconds the service took to end; what it had written."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=seconds)
        return time.monotonic() - started, log


@contextmanager
def running(folder, *options, **settings):
    """A service in a folder; ended when the block is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"LANG": "en_US.UTF-8", "BEIZENG_AUTH": "open", "BEIZENG_DRAIN_SECONDS": "0.2"}
    environment = {**os.environ, **own, **settings}
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *options]
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, env=environment, cwd=folder, text=True, **pipes) as process:
        service = Service(process, port, environment, folder)
        try:
            yield service
        finally:
            service.client.close()
            process.terminate()
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise
