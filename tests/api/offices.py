"""Another office, as far as a caller can tell: a real HTTP server on this machine with records and bad days."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CODE = "91350100M000100Y43"
SECRET = "Bearer not-for-the-log"  # noqa: S105 - made up
RECORD = {
    "data": {
        "staff": 120,
        "revenue": "8650.50",
        "assets": 120000000.5,
        "form": "1130",
        "state": "存续",
        "division": "140722",
        "industry": "C3311",
        "hightech": "是",
        "updatedOn": "2026-11-20T23:30:00Z",
        "certified": 1,
    }
}


class Office:
    """Answers below a path as that path says; keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.down = False
        self.served = 0

    def answer(self, handler):
        way = handler.path.split("/")[1]
        self.asked.append((handler.path, dict(handler.headers)))
        self.served += 1
        getattr(self, f"_{way}")(handler)

    def tries(self, way):
        return sum(path.startswith(f"/{way}/") for path, _ in self.asked)

    def _ok(self, handler):
        send(handler, 200, json.dumps(RECORD if CODE in handler.path else {"data": None}).encode())

    def _wrong(self, handler):
        bad = {"staff": "many", "revenue": "8,650", "assets": True, "updatedOn": "today", "industry": "C3311"}
        send(handler, 200, json.dumps({"data": {**bad, "form": "9999", "state": ["存续"]}}).encode())

    def _slow(self, handler):
        time.sleep(1.2)
        with contextlib.suppress(OSError):
            self._ok(handler)

    def _failing(self, handler):
        send(handler, 500, b"{}")

    def _unknown(self, handler):
        send(handler, 404, b"{}")

    def _refusing(self, handler):
        send(handler, 401, b"{}")

    def _garbage(self, handler):
        send(handler, 200, b'{"data": {"staff": NaN}}')

    def _repeated(self, handler):
        send(handler, 200, b'{"data": {"staff": 1, "staff": 2}}')

    def _packed(self, handler):
        send(handler, 200, b"\x1f\x8b", {"Content-Encoding": "gzip"})

    def _huge(self, handler):
        with contextlib.suppress(OSError):
            send(handler, 200, b'{"data": "' + b"x" * 300_000 + b'"}')

    def _elsewhere(self, handler):
        send(handler, 302, b"", {"Location": f"/ok/{CODE}"})

    def _losing(self, handler):
        """Cuts the connection twice, then answers."""
        if self.tries("losing") < 3:
            handler.close_connection = True
            handler.connection.close()
            return
        self._ok(handler)

    def _sometimes(self, handler):
        if self.down:
            send(handler, 503, b"{}")
        else:
            self._ok(handler)


def send(handler, status, body, headers=None):
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}.items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def open_office():
    """The office and its address."""
    office = Office()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            office.answer(self)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield office, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
