"""An HTTP server before the service that passes calls on, refuses them, or loses them or their answers."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import httpx

_PASSED_ON = ("Content-Type", "X-Request-ID", "X-Decision-ID", "Retry-After", "Location")


def problem(status, code, **headers):
    """What the service, or the gateway before it, says when it is busy."""
    body = {"type": f"/problems/{code}", "code": code, "title": "t", "status": status, "detail": "d", "instance": "/"}
    content = json.dumps({**body, "request_id": "r", "errors": []}).encode()
    return status, {"Content-Type": "application/problem+json; charset=utf-8", **headers}, content


class FaultyDoor:
    """``plan`` says what happens to the next calls: ``pass``, ``lose call``, ``lose answer``, or an answer to give."""

    def __init__(self, behind: str) -> None:
        self.plan: deque = deque()
        #: The headers of every call that came.
        self.calls: list[dict[str, str]] = []
        self._http = httpx.Client(base_url=behind, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

    def _handler(door):  # noqa: N805 - `self` is the handler below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                door.calls.append(dict(self.headers.items()))
                step = door.plan.popleft() if door.plan else "pass"
                if isinstance(step, tuple):
                    self.give(*step)
                    return
                answer = None if step == "lose call" else door.pass_on(self.command, self.path, self.headers, body)
                if step == "pass":
                    headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
                    self.give(answer.status_code, headers, answer.content)
                else:
                    self.close_connection = True

            def give(self, status, headers, content):
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args):
                """Tests read ``calls``."""

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

        return Handler

    def pass_on(self, method, path, headers, body):
        sent = {name: value for name, value in headers.items() if name not in ("Host", "Content-Length", "Connection")}
        return self._http.request(method, path, headers=sent, content=body)
