"""Our own client in Python against the live service: answers, iterators, refusals, and calls that go astray."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from beizeng_client import (
    ApiKey,
    AsyncClient,
    Client,
    ConflictError,
    ConnectionLostError,
    Facts,
    InvalidError,
    NotAuthenticatedError,
    NotFoundError,
    Pause,
    RateLimitedError,
    Retry,
    Signature,
    UnavailableError,
    UnexpectedAnswerError,
    models,
    sign,
)
from beizeng_client.writing import to_json
from tests.clients.faulty_door import problem
from tests.firms import FIRST_CERTIFIED as FACTS

PACKAGE = Path(__file__).parents[2] / "clients" / "python"
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "signatures.json").read_text(encoding="utf-8"))
RULE = "m38-hnte-application-grant"
CHINA = timezone(timedelta(hours=8))
QUICK = Retry(first_wait=0.01)
ROWS = 7


def registry():
    lines = ["entity,entity_type,registration_division,hnte_application_accepted,hnte_application_grant_received"]
    lines += [f"E{number},enterprise,140722,true,{str(number % 2 == 0).lower()}" for number in range(ROWS)]
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def signature(closed):
    return Signature(closed.app.app_id, closed.app.secret)


@pytest.fixture(scope="module")
def client(closed, signature):
    with Client(closed.base, auth=signature, retry=QUICK) as client:
        yield client


@pytest.fixture(scope="module")
def screened(client):
    """A registry of seven enterprises after its screening; every second one has had the grant."""
    job = client.submit_screening(registry(), "名册.csv", on=date(2023, 6, 1), rules=[RULE])
    return client.finished_screening(job.id, every=0.1, within=60)


@pytest.fixture
def behind_door(door, signature):
    with Client(door.base, auth=signature, retry=QUICK) as client:
        yield client


class TestAnswers:
    def test_210000_yuan_for_the_high_tech_enterprise(self, client):
        answer = client.calculate(FACTS, on=date(2023, 6, 1), measures=[38])
        assert answer.total.value == Decimal("210000.00")
        assert [result.amount.value for result in answer.results] == [Decimal(60000), Decimal(150000)]
        assert answer.results[0].validity == models.Validity(from_=date(2022, 4, 18), to=None, basis="open_ended")
        assert answer.derived[0].from_ == {"registration_division": "140722"}
        assert client.receipt(answer.receipt_id).request["facts"] == FACTS

    def test_the_same_on_asyncio_and_with_the_other_credentials(self, closed):
        async def ask(auth):
            async with AsyncClient(closed.base, auth=auth) as client:
                return await client.calculate(FACTS, on="2023-06-01", measures=[38])

        for auth in (Signature(closed.app.app_id, closed.app.secret, "sha256"), ApiKey(closed.app.api_key)):
            assert asyncio.run(ask(auth)).total.value == Decimal("210000.00")
            with Client(closed.base, auth=auth) as client:
                assert client.calculate(FACTS, on="2023-06-01", measures=[38]).total.value == Decimal("210000.00")

    def test_everything_in_one_answer(self, client):
        facts = {**FACTS, "request_kind": "power", "power_voltage": "high"}
        started = datetime(2026, 9, 30, 16, tzinfo=CHINA)
        answer = client.assess(facts, on="2023-06-01", subjects=["enterprise"], started_at=started, now=started)
        assert answer.total.value >= Decimal(210000)
        assert sum(dataclasses.astuple(answer.counts)) == len(answer.results)
        assert answer.targets.items
        for target in answer.targets.items:
            assert target.deadline.due_at == client.deadline(target.id, started, now=started).due_at

    def test_the_next_question_until_there_is_none(self, client):
        facts: dict = {"registration_division": "140722"}
        asked = 0
        while question := client.decide(facts, on="2023-06-01", rules=[RULE]).next_question:
            facts[question.fact] = FACTS[question.fact]
            asked += 1
        assert asked == 3
        assert client.decide(facts, on="2023-06-01", rules=[RULE]).results[0].status == "eligible"

    def test_a_clock_that_was_paused(self, client):
        started = datetime(2026, 9, 30, 16, tzinfo=CHINA)
        pause = Pause(
            datetime(2026, 10, 9, 9, tzinfo=CHINA), datetime(2026, 10, 12, 9, tzinfo=CHINA), "applicant_correction"
        )
        now = datetime(2026, 10, 13, 10, tzinfo=CHINA)
        free = client.deadline("m47-power-low-voltage", started, now=now)
        held = client.deadline("m47-power-low-voltage", started, pauses=[pause], now=now)
        assert held.due_at > free.due_at
        assert held.limit == client.target("m47-power-low-voltage").limit == Decimal(5)
        assert client.match_targets({"request_kind": "tax_refund"}).status == "matched"

    def test_the_catalogue(self, client):
        assert client.measures(kind="benefit", q="高新技术").items
        assert client.measure("38").clause == "38"
        assert client.rule(RULE).versions[0].amount.formula
        assert len(client.facts().items) == len(Facts.__annotations__)
        assert client.indicators().items
        assert client.sources().items == ()
        assert client.rule_vocabulary().variables
        assert client.readiness().status == "ready"
        assert client.health().status

    def test_words_in_english(self, closed, signature):
        with Client(closed.base, auth=signature, language="en") as client:
            assert client.measure("38").title.isascii()


class TestIterators:
    def test_receipts_page_by_page(self, client):
        ids = [client.decide({}, rules=[RULE]).receipt_id for _ in range(5)]
        found = [receipt.id for receipt in client.receipts(page_size=2)]
        assert found[:5] == ids[::-1]
        assert len(set(found)) == len(found)
        assert client.replay(ids[0]).identical is True

    def test_the_results_of_a_screening(self, client, screened):
        assert (screened.state, screened.file_name, screened.rows_total) == ("done", "名册.csv", ROWS)
        found = list(client.screening_results(screened.id, page_size=3))
        assert [row["entity"] for row in found] == [f"E{number}" for number in range(ROWS)]
        assert [row[RULE] for row in found[:2]] == ["ineligible", "eligible"]
        eligible = client.screening_results(screened.id, rule=RULE, status="eligible", page_size=1)
        assert [row["entity"] for row in eligible] == ["E1", "E3", "E5"]
        assert client.explain_screening_result(screened.id, "E1").results[0].amount.value == Decimal(60000)
        assert client.screening_summary(screened.id).rules[RULE]["eligible"] == 3
        assert {row.entity for row in client.screening_candidates(screened.id, 38).items} >= {"E1", "E3", "E5"}
        assert client.screening_file(screened.id, "decisions.parquet").startswith(b"PAR1")
        assert "筛查报告" in client.screening_report(screened.id).decode()

    def test_the_same_on_asyncio(self, closed, signature, screened):
        async def rows():
            async with AsyncClient(closed.base, auth=signature) as client:
                return [row["entity"] async for row in client.screening_results(screened.id, page_size=3)]

        assert asyncio.run(rows()) == [f"E{number}" for number in range(ROWS)]


class TestRefusals:
    def test_every_fault_with_its_place(self, client):
        with pytest.raises(InvalidError) as refused:
            client.decide({"employees": -1, "employes": 5})
        error = refused.value
        assert (error.status, error.code) == (422, "validation_failed")
        assert {entry.pointer: entry.code for entry in error.errors} == {
            "/facts/employees": "out_of_range",
            "/facts/employes": "unknown_fact",
        }
        assert "employees" in next(entry.suggestions for entry in error.errors if entry.code == "unknown_fact")
        assert error.request_id
        assert error.request_id in str(error)

    def test_each_kind_has_its_class(self, closed, client, screened):
        with pytest.raises(NotFoundError):
            client.target("../facts?x=1")
        with pytest.raises(ConflictError, match="wrong_state"):
            client.cancel_screening(screened.id)
        for auth in (None, Signature(closed.app.app_id, "wrong"), ApiKey("wrong")):
            with Client(closed.base, auth=auth) as stranger, pytest.raises(NotAuthenticatedError):
                stranger.facts()

    def test_nothing_inexact_is_sent(self, client):
        with pytest.raises(TypeError, match="Decimal"):
            client.decide({"annual_revenue": 0.1})
        with pytest.raises(ValueError, match="amount"):
            client.decide({"annual_revenue": Decimal("NaN")})
        with pytest.raises(ValueError, match="offset"):
            client.deadline("m47-power-low-voltage", datetime(2026, 9, 30, 16))
        assert to_json({"a": [Decimal("1E+3"), date(2024, 2, 29), None]}) == b'{"a":["1000","2024-02-29",null]}'

    def test_credentials_are_not_shown(self, closed, signature):
        assert closed.app.secret not in repr(signature)
        assert closed.app.api_key not in repr(ApiKey(closed.app.api_key))


class TestCallsThatGoAstray:
    def test_busy_and_lost_calls_are_made_again_each_with_its_own_nonce(self, door, behind_door):
        busy = [problem(503, "overloaded", **{"Retry-After": "0"}), problem(429, "rate_limited"), "lose call"]
        door.plan.extend(busy)
        assert behind_door.calculate(FACTS, on="2023-06-01", measures=[38]).total.value == Decimal("210000.00")
        assert len({call["X-Nonce"] for call in door.calls}) == len(door.calls) == 4

    def test_on_asyncio(self, door, signature):
        async def ask():
            async with AsyncClient(door.base, auth=signature, retry=QUICK) as client:
                return await client.calculate(FACTS, on="2023-06-01", measures=[38])

        door.plan.extend([problem(503, "overloaded"), "lose answer"])
        assert asyncio.run(ask()).total.value == Decimal("210000.00")
        assert len(door.calls) == 3

    def test_a_submission_whose_answer_is_lost_is_one_job(self, door, behind_door, client):
        before = {job.id for job in client.screenings()}
        door.plan.extend(["lose answer"])
        job = behind_door.submit_screening(registry(), "once.csv", on="2023-06-01", rules=[RULE])
        assert {found.id for found in client.screenings()} - before == {job.id}
        assert len(door.calls) == 2
        assert len({call["Idempotency-Key"] for call in door.calls}) == 1

    def test_a_key_of_ones_own(self, client):
        jobs = [client.submit_screening(registry(), "k.csv", idempotency_key="k-1", rules=[RULE]) for _ in range(2)]
        assert jobs[0].id == jobs[1].id
        with pytest.raises(InvalidError, match="idempotency_key_reused"):
            client.submit_screening(b"entity\nE1\n", "k.csv", idempotency_key="k-1", rules=[RULE])

    def test_a_removal_whose_answer_is_lost_is_not_made_again(self, door, behind_door):
        door.plan.extend(["lose call"])
        with pytest.raises(ConnectionLostError) as lost:
            behind_door.delete_screening("none")
        assert lost.value.sent
        assert len(door.calls) == 1

    def test_patience_ends(self, door, behind_door):
        door.plan.extend([problem(503, "overloaded")] * 9)
        with pytest.raises(UnavailableError):
            behind_door.facts()
        assert len(door.calls) == QUICK.attempts
        door.plan.clear()
        door.plan.append(problem(429, "rate_limited", **{"Retry-After": "3600"}))
        with pytest.raises(RateLimitedError) as limited:
            behind_door.facts()
        assert limited.value.retry_after == 3600

    def test_retry_after_is_waited_for(self, door, behind_door, monkeypatch):
        waited = []
        monkeypatch.setattr("time.sleep", waited.append)
        door.plan.extend(
            [problem(503, "not_ready", **{"Retry-After": "7"}), problem(503, "x", **{"Retry-After": "soon"})]
        )
        behind_door.facts()
        assert waited[0] == 7
        assert waited[1] < 1

    def test_another_faults_are_not_repeated(self, door, behind_door):
        door.plan.append(problem(500, "internal_error"))
        with pytest.raises(Exception, match="internal_error"):
            behind_door.facts()
        assert len(door.calls) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            (502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"),
            (200, {"Content-Type": "text/html"}, b"<h1>Log in</h1>"),
            (200, {"Content-Type": "application/json"}, b'{"items": [{}]}'),
            (503, {"Content-Type": "application/problem+json"}, b"{}"),
        ],
        ids=["gateway", "page", "other", "half a problem"],
    )
    def test_what_is_not_the_service(self, door, behind_door, answer):
        door.plan.append(answer)
        with pytest.raises(UnexpectedAnswerError, match=str(answer[0])):
            behind_door.facts()

    def test_nobody_there(self):
        with Client("http://127.0.0.1:9", retry=QUICK) as client, pytest.raises(ConnectionLostError) as lost:
            client.delete_screening("x")
        assert not lost.value.sent


class TestSignatures:
    @pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
    def test_vectors(self, vector):
        names = ("method", "path", "query", "app_id", "timestamp", "nonce")
        given = {name: vector[name] for name in names} | {"body": vector["body"].encode()}
        assert sign(vector["secret"], **given) == vector["hmac_sm3"]
        assert sign(vector["secret"], **given, algorithm="sha256") == vector["hmac_sha256"]


class TestTheWholeService:
    """The client knows every operation, answer and fact of the description."""

    def test_both_clients_have_every_method(self):
        def methods(kind):
            found = {name: value for name, value in vars(kind).items() if not name.startswith("_")}
            return {
                name.removeprefix("a") if name == "aclose" else name: (
                    [str(parameter) for parameter in inspect.signature(value).parameters.values()],
                    inspect.getdoc(value),
                    str(inspect.signature(value).return_annotation).removeprefix("Async"),
                )
                for name, value in found.items()
            }

        assert methods(Client) == methods(AsyncClient)

    def test_every_operation_is_called(self, closed):
        source = (PACKAGE / "beizeng_client" / "operations.py").read_text(encoding="utf-8")
        called = set(re.findall(r'"(GET|POST|DELETE)", f?"([^"]+)"', source))
        called |= {("GET", path) for path in re.findall(r'_pages\("([^"]+)"', source)}
        called |= {
            (method, "/v1/screenings/{}" + "".join("/" + (part if quoted else "{}") for quoted, part in parts))
            for method, rest in re.findall(r'"(GET|POST|DELETE)", _screening\(screening_id(.*?)\)', source)
            for parts in [re.findall(r', ("?)(\w+)"?', rest)]
        }
        called |= {("GET", "/v1/screenings/{}/results")}
        called = {(method, re.sub(r"\{.*?\}", "{}", path)) for method, path in called}
        told = {
            (method.upper(), re.sub(r"\{.*?\}", "{}", path))
            for path, found in closed.document["paths"].items()
            for method in found
        }
        assert told - called == set()

    def test_every_answer_is_read_whole(self, closed):
        schemas = closed.document["components"]["schemas"]
        requests = {name for name in schemas if name.endswith("Request")} | {"Facts", "Pause", "ScreeningForm"}
        for name in sorted(schemas.keys() - requests):
            kind = getattr(models, name)
            hints = get_type_hints(kind)
            fields = {
                field.name.removesuffix("_"): told(hints[field.name])
                for field in dataclasses.fields(kind)
                if field.name != "receipt_id"  # a header
            }
            assert fields == {member: shape(schema) for member, schema in schemas[name]["properties"].items()}, name

    def test_every_fact_is_named_with_its_type(self, closed):
        hints = get_type_hints(Facts)
        schemas = closed.document["components"]["schemas"]["Facts"]["properties"]
        assert list(hints) == list(schemas)
        lenient = {"Decimal": ["Decimal", "int", "str"], "date": ["date", "str"]}
        for name, schema in schemas.items():
            expected = shape(schema)[0]
            assert alternatives(hints[name]) == lenient.get(str(expected), [expected]), name


def shape(schema):
    """What a schema comes to in Python."""
    if "anyOf" in schema:
        (inner,) = (part for part in schema["anyOf"] if part != {"type": "null"})
        return (shape(inner), None)
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "enum" in schema:
        return tuple(schema["enum"])
    if schema.get("type") == "array":
        return [shape(schema["items"])]
    kinds = {"integer": "int", "boolean": "bool", "object": "Mapping", None: "Any"}
    formats = {"decimal": "Decimal", "date": "date", "date-time": "datetime"}
    return kinds.get(schema.get("type")) or formats.get(schema.get("format"), "str")


def told(hint):
    """The same of an annotation."""
    origin = get_origin(hint)
    if origin in (UnionType, Union):
        (inner,) = alternatives(hint)
        return (inner, None)
    if origin is Literal:
        return get_args(hint)
    if origin in (tuple, Sequence):
        return [told(get_args(hint)[0])]
    if origin is Mapping:
        return "Mapping"
    return hint.__name__ if hint is not Any else "Any"


def alternatives(hint):
    """What an annotation allows beside unknown."""
    return [told(part) for part in get_args(hint) if part is not NoneType]


class TestPackage:
    def test_it_installs_by_itself(self, tmp_path):
        tools = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", tmp_path]
        subprocess.run([*tools, "install", *options, PACKAGE], check=True, cwd=tmp_path, timeout=120)
        assert (tmp_path / "beizeng_client" / "py.typed").exists()
        asked = "import beizeng_client as b; print(b.__file__, b.__version__)"
        done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.split()[0].startswith(str(tmp_path))

    def test_the_readme_reaches_its_answer_in_five_lines(self, closed):
        text = (PACKAGE / "README.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        first = blocks[0].replace("http://127.0.0.1:8000", closed.base)
        assert len(first.replace("\n\n", "\n").splitlines()) == 5
        names = {"APP_ID": closed.app.app_id, "SECRET": closed.app.secret}
        for block, yuan in zip(blocks, ("150000.00", "210000.00"), strict=True):
            source = block.replace("http://127.0.0.1:8000", closed.base)
            for name, value in names.items():
                source = source.replace(f'"{name}"', repr(value))
            done = subprocess.run(
                [sys.executable, "-c", source],
                capture_output=True,
                text=True,
                check=True,
                env={"PYTHONPATH": str(PACKAGE), "PYTHONUTF8": "1"},
                timeout=60,
            )
            assert yuan in done.stdout
