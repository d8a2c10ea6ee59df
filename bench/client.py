"""A client that costs next to nothing: one connection kept open, the request prepared once, the answer only counted."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class Connection:
    """One connection to a server on this machine; opened again where the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> Answer:
        """One call."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._socket
        connection.sendall(request)
        head, _, rest = self._head(connection)
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b": ", 1) for line in lines[1:])
        parts, missing = [rest], int(fields[b"content-length"]) - len(rest)
        while missing > 0:
            part = connection.recv(262_144)
            parts.append(part)
            missing -= len(part)
        if fields.get(b"connection") == b"close":
            self.close()
        return Answer(int(lines[0].split(b" ", 2)[1]), b"".join(parts))

    @staticmethod
    def _head(connection: socket.socket) -> tuple[bytes, bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(262_144)
            if not part:
                raise ConnectionError("the server closed the connection")
            data += part
        return data.partition(b"\r\n\r\n")

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def post(path: str, body: bytes) -> bytes:
    """A request as bytes."""
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    """A request without a body."""
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()


def wait_until_ready(port: int, path: str, is_alive: Callable[[], bool], seconds: float = 60) -> float:
    """Wait until the server answers; how long that took."""
    started = time.perf_counter()
    while is_alive() and time.perf_counter() - started < seconds:
        connection = Connection(port)
        try:
            if connection.send(get(path)).status < 500:
                return time.perf_counter() - started
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.005)
    raise TimeoutError(f"no answer on port {port}: the server ended, or {seconds} s were not enough")
