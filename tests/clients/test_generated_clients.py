"""Clients in Java, TypeScript and Python that openapi-generator makes from our files: whole, exact, and working."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import httpx
import pytest

from tests.clients.conftest import QUICK
from tests.commands import run_in
from tests.firms import FIRST_CERTIFIED as FACTS

SOURCE = Path(__file__).parents[2] / "clients" / "generated"
TOOLS = Path(sys.executable).parent
#: The generator's own jar carries Jackson with java.time; the others are Debian's.
JARS = ("httpclient", "httpcore", "httpmime", "commons-logging", "jakarta-annotation-api")
REFUSED = "422 validation_failed /rules/0"

JAVA = """
import beizeng.*;
import beizeng.api.DecisionsApi;
import beizeng.model.*;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

public final class Call {
    public static void main(String[] given) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(given[0]);
        client.setRequestInterceptor(request -> request.header("X-Api-Key", given[1]));
        DecisionsApi decisions = new DecisionsApi(client);
        Facts firm = client.getObjectMapper().readValue(given[2], Facts.class);
        DecisionRequest asked = new DecisionRequest().facts(firm).on(LocalDate.of(2023, 6, 1)).measures(List.of(38L));
        BigDecimal total = decisions.calculateSubsidies(asked).getTotal().getValue();
        System.out.println(total);
        try {
            decisions.decideEligibility(new DecisionRequest().facts(new Facts()).rules(List.of("m99-nothing")));
        } catch (ApiException refused) {
            Problem problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
            String pointer = problem.getErrors().get(0).getPointer();
            System.out.println(problem.getStatus() + " " + problem.getCode() + " " + pointer);
        }
    }
}
"""

TYPESCRIPT = """
import { Configuration, DecisionsApi, FactsFromJSON, ResponseError } from "./index.js";
import type { Problem } from "./index.js";

const [basePath = "", key = "", facts = ""] = process.argv.slice(2);
const decisions = new DecisionsApi(new Configuration({ basePath, headers: { "X-Api-Key": key } }));
const decisionRequest = { facts: FactsFromJSON(JSON.parse(facts)), on: new Date("2023-06-01"), measures: [38] };
const total: string = (await decisions.calculateSubsidies({ decisionRequest })).total.value;
console.log(total);
try {
  await decisions.decideEligibility({ decisionRequest: { facts: {}, rules: ["m99-nothing"] } });
} catch (error) {
  if (!(error instanceof ResponseError)) throw error;
  const problem = (await error.response.json()) as Problem;
  console.log(problem.status, problem.code, problem.errors[0]?.pointer);
}
"""

PYTHON = """
import json, sys
from datetime import date
from decimal import Decimal
from beizeng_generated import ApiClient, Configuration, DecisionRequest, DecisionsApi, Facts, exceptions, models

base, key, facts = sys.argv[1:]
client = ApiClient(Configuration(host=base), header_name="X-Api-Key", header_value=key)
decisions = DecisionsApi(client)
asked = DecisionRequest(facts=Facts.from_dict(json.loads(facts)), on=date(2023, 6, 1), measures=[38])
total = decisions.calculate_subsidies(asked).total.value
assert type(total) is Decimal
print(total)
try:
    decisions.decide_eligibility(DecisionRequest(facts=Facts(), rules=["m99-nothing"]))
except exceptions.UnprocessableEntityException as refused:
    problem = models.Problem.from_json(refused.body)
    print(problem.status, problem.code, problem.errors[0].pointer)
"""

pytestmark = [pytest.mark.parts, pytest.mark.clients]


@pytest.fixture(scope="module")
def made(closed, tmp_path_factory):
    """What the README's lines make, in three languages from one run of the generator."""
    import openapi_generator_cli  # noqa: PLC0415 - only here

    folder = shutil.copytree(
        SOURCE, tmp_path_factory.mktemp("generated") / "generated", ignore=shutil.ignore_patterns("build", "*.json")
    )
    for name in ("openapi.json", "openapi-3.0.json"):
        (folder / name).write_bytes(httpx.get(f"{closed.base}/{name}", trust_env=False).content)
    (block,) = re.findall(r"```sh\n(.*?)```", (SOURCE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    lines = block.splitlines()
    assert len(lines) == 5
    path = f"{TOOLS}:{os.environ['PATH']}"
    run_in(folder, "bash", "-ec", "\n".join(lines[2:4]), PATH=path, JAVA_TOOL_OPTIONS=QUICK)
    jar = Path(openapi_generator_cli.__file__).parent / "openapi-generator.jar"
    return folder / "build", jar


@pytest.fixture(scope="module")
def operations(closed):
    return {found["operationId"] for path in closed.document["paths"].values() for found in path.values()}


@pytest.fixture(scope="module")
def arguments(closed):
    return closed.base, closed.app.api_key, json.dumps(FACTS)


def sources(folder, pattern):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern)))


class TestJava:
    def test_every_operation_is_there(self, made, operations):
        text = sources(made[0] / "java" / "src" / "main" / "java" / "beizeng" / "api", "*Api.java")
        assert set(re.findall(r"> (\w+)WithHttpInfo\(", text)) == operations

    def test_210000_yuan_as_big_decimal(self, made, arguments):
        folder, jar = made[0] / "java", made[1]
        jars = [f"/usr/share/java/{name}.jar" for name in JARS]
        assert all(map(os.path.exists, jars)), "needs the Debian packages of .ci/run"
        (folder / "Call.java").write_text(JAVA, encoding="utf-8")
        listed = [str(path) for path in (folder / "src" / "main").rglob("*.java")]
        (folder / "list").write_text("\n".join([*listed, "Call.java"]), encoding="utf-8")
        classes = ":".join(["classes", str(jar), *jars])
        flags = [f"-J{flag}" for flag in QUICK.split()]
        run_in(
            folder,
            "javac",
            *flags,
            "-nowarn",
            "-proc:none",
            "-encoding",
            "UTF-8",
            "-cp",
            classes,
            "-d",
            "classes",
            "@list",
        )
        told = run_in(folder, "java", *QUICK.split(), "-cp", classes, "Call", *arguments)
        assert told.splitlines() == ["210000.00", REFUSED]


class TestTypescript:
    def test_every_operation_is_there(self, made, operations):
        text = sources(made[0] / "typescript" / "apis", "*Api.ts")
        assert set(re.findall(r"async (\w+)Raw\(", text)) == operations

    def test_210000_yuan_as_text(self, made, node_project, arguments):
        folder = node_project / "generated"
        shutil.copytree(made[0] / "typescript", folder)
        (folder / "call.ts").write_text(TYPESCRIPT, encoding="utf-8")
        settings = json.loads((node_project / "tsconfig.json").read_text(encoding="utf-8"))
        strict = ("strict", "target", "module", "types", "skipLibCheck")
        options = {name: settings["compilerOptions"][name] for name in strict} | {"outDir": "built"}
        (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["call.ts"]}))
        run_in(folder, "npx", "tsc")
        assert run_in(folder, "node", "built/call.js", *arguments).splitlines() == ["210000.00", REFUSED]


class TestPython:
    def test_every_operation_is_there(self, made, operations):
        text = sources(made[0] / "python" / "beizeng_generated" / "api", "*_api.py")
        snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in operations}
        assert set(re.findall(r"def (\w+)_with_http_info\(", text)) == snake

    def test_210000_yuan_as_decimal(self, made, arguments):
        told = run_in(made[0] / "python", sys.executable, "-c", PYTHON, *arguments)
        assert told.splitlines() == ["210000.00", REFUSED]
