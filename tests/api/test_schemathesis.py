"""Every operation of both OpenAPI files under schemathesis, with a fixed seed and a bounded number of cases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving

#: Two checks ask for more than a schema can say here: the readers take numbers where clients are told to send decimal
#: text, and a name of the right form may still be no rule, no policy, no day.
LEFT_OUT = "negative_data_rejection,positive_data_acceptance"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("file", "phases"),
    [
        ("openapi.json", "examples,coverage,fuzzing,stateful"),  # some 4,000 calls
        ("openapi-3.0.json", "examples,fuzzing"),
    ],
)
def test_no_operation_breaks_its_description(tmp_path, file, phases):
    settings = Settings(
        _env_file=None, auth="open", database_url=f"sqlite:///{tmp_path / 'beizeng.db'}", data_dir=tmp_path / "var"
    )
    with serving(create_app(settings), settings) as port:
        run_all(port, tmp_path, file, phases)


def run_all(port, tmp_path, file, phases):
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{port}/{file}",
        "--seed=7",
        "--max-examples=5",
        f"--phases={phases}",
        "--request-timeout=5",
        f"--exclude-checks={LEFT_OUT}",
        "--no-color",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=380, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
    operations = httpx.get(f"http://127.0.0.1:{port}/{file}", trust_env=False).json()["paths"]
    count = sum(len(set(path) & {"get", "post", "delete"}) for path in operations.values())
    assert f"Tested: {count}" in run.stdout, run.stdout[-2000:]
