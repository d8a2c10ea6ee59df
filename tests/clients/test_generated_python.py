"""A Python client generated from our own OpenAPI files, calling the live service."""

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import application, port  # noqa: F401  the live service
from tests.firms import FIRST_CERTIFIED as FACTS


@pytest.fixture(scope="module", params=["openapi.json", "openapi-3.0.json"])
def generated(request, port, tmp_path_factory):  # noqa: F811  the fixture imported above
    """The description, the package made from it, and where the service is."""
    tmp_path = tmp_path_factory.mktemp("client")
    document = httpx.get(f"http://127.0.0.1:{port}/{request.param}", trust_env=False).json()
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    tools = Path(sys.executable).parent
    name = f"client_{request.param.replace('.', '_').replace('-', '_')}"
    config = tmp_path / "config.yaml"
    config.write_text(f"package_name_override: {name}\n", encoding="utf-8")
    subprocess.run(
        [
            tools / "openapi-python-client",
            "generate",
            "--path",
            source,
            "--output-path",
            tmp_path / name,
            "--config",
            config,
            "--meta",
            "none",
            "--fail-on-warning",
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        timeout=120,
    )
    sys.path.insert(0, str(tmp_path))
    yield document, importlib.import_module(name), f"http://127.0.0.1:{port}"
    sys.path.remove(str(tmp_path))


def operations(document):
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_operation_and_every_fact_survives_generation(generated):
    document, package, _ = generated
    made = list((Path(package.__file__).parent / "api").glob("*/[a-z]*.py"))
    assert len(made) == len(operations(document)) > 10
    facts = importlib.import_module(f"{package.__name__}.models.facts").Facts
    names = set(inspect.signature(facts).parameters)
    assert names == set(document["components"]["schemas"]["Facts"]["properties"])


def test_the_client_gets_210000_yuan_from_the_live_service(generated):
    _, package, base = generated
    models = importlib.import_module(f"{package.__name__}.models")
    call = importlib.import_module(f"{package.__name__}.api.decisions.calculate_subsidies")
    body = models.DecisionRequest.from_dict({"facts": FACTS, "on": "2023-06-01", "measures": [38]})
    with package.Client(base_url=base) as client:
        answer = call.sync(client=client, body=body)
    assert answer.total.value == "210000.00"
    assert [result.amount.value for result in answer.results] == ["60000.00", "150000.00"]


def test_the_client_reads_a_refusal_as_a_problem(generated):
    _, package, base = generated
    models = importlib.import_module(f"{package.__name__}.models")
    call = importlib.import_module(f"{package.__name__}.api.decisions.decide_eligibility")
    body = models.DecisionRequest.from_dict({"facts": {"employees": -1}})
    with package.Client(base_url=base) as client:
        answer = call.sync_detailed(client=client, body=body)
    assert answer.status_code == 422
    assert answer.parsed.code == "validation_failed"
    assert answer.parsed.errors[0].pointer == "/facts/employees"
