"""HTTP as bytes: what a client library would put right is sent as it is."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
JSON = {"Content-Type": "application/json"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    again: Callable[[], Answer] | None = None

    def quickest(self):
        """The shortest time of three tries: what the service needs, not what else the machine does."""
        return min(self.seconds, *(self.again().seconds for _ in range(2)))

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def codes(self):
        """Pointer → code of every fault."""
        return {entry["pointer"]: entry["code"] for entry in self.json["errors"]}


def exchange(port, *parts, timeout=10.0, method="GET"):
    """Send the parts and read one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        started = time.perf_counter()
        for part in parts:
            connection.sendall(part)
        answer = read_answer(connection, started, method)
    answer.again = lambda: exchange(port, *parts, timeout=timeout, method=method)
    return answer


def read_answer(connection, started, method="GET"):
    data = b""
    while HEAD_END not in data:
        received = connection.recv(65536)
        if not received:
            break
        data += received
    head, _, body = data.partition(HEAD_END)
    assert head, "the connection was closed without an answer"
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
    while len(body) < length:
        received = connection.recv(65536)
        assert received, "the answer was cut short"
        body += received
    return Answer(int(status_line.split(" ")[1]), headers, body, time.perf_counter() - started)


def head(line, headers):
    fields = {"Host": "127.0.0.1", **headers}
    return b"".join([f"{line} HTTP/1.1\r\n".encode(), *(f"{k}: {v}\r\n".encode() for k, v in fields.items()), b"\r\n"])


def post(port, path, body, headers=JSON):
    """POST bytes (anything else is sent as JSON)."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return exchange(port, head(f"POST {path}", {"Content-Length": len(content), **headers}), content)


def get(port, target, headers=None, method="GET"):
    return exchange(port, head(f"{method} {target}", headers or {}), method=method)


def chunked(*parts):
    return [b"%x\r\n%b\r\n" % (len(part), part) for part in parts]
