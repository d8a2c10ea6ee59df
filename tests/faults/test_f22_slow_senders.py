"""F22: clients that send half a header, half a body, or nothing. They lose their connections; nobody else notices."""

from __future__ import annotations

import select
import socket
import time

from tests.api.wire import head
from tests.faults.load import calling
from tests.faults.rounds import rounds
from tests.service import running

SOCKETS = rounds(120, 500)
#: As long as the setting says; 15 s by default.
RECEIVE_SECONDS = rounds(2, 15)
#: How often the load runs with the idle sockets and without them, in turns.
TURNS = rounds(2, 4)
SECONDS = rounds(1.5, 15)
STARTS = (
    b"POST /v1/eligibility HTTP/1.1\r\nHost: a\r\nX-Half: ",
    head("POST /v1/eligibility", {"Content-Type": "application/json", "Content-Length": 100}) + b'{"facts":',
    b"",
)


def open_all(port):
    """Sockets that begin and do not go on."""
    made = []
    for number in range(SOCKETS):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(STARTS[number % len(STARTS)])
        made.append(connection)
    return made


def seconds_until_closed(connections, limit):
    """How long each stays open from now on; ``limit`` for those that still are."""
    started, waiting, found = time.monotonic(), set(connections), []
    while waiting and (left := started + limit - time.monotonic()) > 0:
        readable, _, _ = select.select(waiting, [], [], left)
        for connection in readable:
            if not connection.recv(65536):
                waiting.discard(connection)
                found.append(time.monotonic() - started)
    return found + [limit] * len(waiting)


def quick(callers):
    """Answers a second, and the time within which half and nearly all of them came."""
    times = sorted(one.seconds for one in callers.tries)
    return len(times) / SECONDS, times[len(times) // 2], times[int(len(times) * 0.99)]


def test_f22_half_sent_requests_lose_their_connections_and_slow_nobody_down(tmp_path):
    told = {"BEIZENG_RECEIVE_SECONDS": str(RECEIVE_SECONDS), "BEIZENG_LOG_LEVEL": "warning"}
    alone, beside, closed = [], [], []
    with running(tmp_path, **told) as service:
        service.wait_until("/readyz", 200)
        for _ in range(TURNS):
            for measured in (alone, beside):
                idle = open_all(service.port) if measured is beside else []
                with calling(service.port, 4) as callers:
                    time.sleep(SECONDS)
                assert callers.lost == []
                measured.append(quick(callers))
                closed += seconds_until_closed(idle, RECEIVE_SECONDS + 10)
                for connection in idle:
                    connection.close()
    assert len(closed) == TURNS * SOCKETS
    assert max(closed) < RECEIVE_SECONDS + 10
    throughput = sum(one[0] for one in beside) / sum(one[0] for one in alone)
    slowest = max(one[2] for one in beside) / max(one[2] for one in alone)
    print(f"throughput {throughput:.2f}, 99 of 100 calls {slowest:.2f} times as long")
    # in the short form, what a busy machine does to both parts differs more than the idle sockets do to one
    assert throughput > rounds(0.6, 0.9)
    assert slowest < rounds(10, 2)
