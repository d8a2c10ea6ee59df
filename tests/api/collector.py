"""A little OpenTelemetry collector on this machine: takes OTLP over HTTP and keeps what came."""

from __future__ import annotations

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    def __init__(self):
        self.bodies = []
        self.port = 0

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def resources(self):
        return [
            resource for body in self.bodies for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        ]

    def spans(self):
        """What each span says: its name, its attributes, and itself."""
        return [
            (span.name, attributes(span.attributes), span)
            for resource in self.resources()
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def wait_for(self, request_id):
        """The span of a request, once it has come."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for found in self.spans():
                if found[1]["beizeng.request_id"] == request_id:
                    return found
            time.sleep(0.05)
        raise AssertionError(f"no span of {request_id}")


def attributes(listed):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in listed}


@contextlib.contextmanager
def collecting():
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            assert self.path == "/v1/traces"
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join(5)
