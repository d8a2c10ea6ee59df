"""The sample in Java: its signatures, and its first answer from the live service."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import QUICK
from tests.clients.faulty_door import problem
from tests.commands import run_in

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "clients" / "java"
VECTORS = ROOT / "tests" / "vectors" / "signatures.json"
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("bcprov", "jackson-databind", "jackson-core")]
ANSWER = [
    "210000.00",
    "m38-hnte-application-grant 60000.00",
    "m38-hnte-certification-award 150000.00",
    "1",
    "422 validation_failed /facts/employees out_of_range",
]
#: Prints both signatures of every vector.
CHECK = """
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.charset.StandardCharsets;

public final class Vectors {
    public static void main(String[] arguments) throws Exception {
        for (JsonNode v : new ObjectMapper().readTree(new File(arguments[0]))) {
            byte[] body = v.get("body").asText().getBytes(StandardCharsets.UTF_8);
            String[] s = new String[7];
            String[] names = {"secret", "method", "path", "query", "app_id", "timestamp", "nonce"};
            for (int i = 0; i < 7; i++) {
                s[i] = v.get(names[i]).asText();
            }
            System.out.println(BeizengSigner.sign(s[0], s[1], s[2], s[3], body, s[4], s[5], s[6]));
            System.out.println(BeizengSigner.signSha256(s[0], s[1], s[2], s[3], body, s[4], s[5], s[6]));
        }
    }
}
"""

pytestmark = pytest.mark.parts


class Sample:
    def __init__(self, folder):
        self.folder = folder
        text = (SOURCE / "README.md").read_text(encoding="utf-8")
        (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        self.lines = [line for line in block.splitlines() if not line.startswith("#")]

    def run(self, *lines):
        """What lines of the README, or others after its first two, print."""
        script = "\n".join([*self.lines[:2], *lines])
        return run_in(self.folder, "bash", "-ec", script, JAVA_TOOL_OPTIONS=QUICK).splitlines()

    def first_answer(self, closed, base):
        line = self.lines[3].replace("http://127.0.0.1:8000", base)
        return self.run(line.replace("APP_ID", closed.app.app_id).replace("SECRET", closed.app.secret))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample, compiled as its README says."""
    assert shutil.which("javac"), "needs a JDK"
    assert all(jar.exists() for jar in JARS), "needs libbcprov-java and libjackson2-databind-java"
    folder = shutil.copytree(SOURCE, tmp_path_factory.mktemp("java") / "java", ignore=shutil.ignore_patterns("build"))
    (folder / "Vectors.java").write_text(CHECK, encoding="utf-8")
    sample = Sample(folder)
    assert len(sample.lines) == 4
    sample.run(sample.lines[2])
    return sample


def test_signatures(sample):
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    expected = [vector[name] for vector in vectors for name in ("hmac_sm3", "hmac_sha256")]
    assert sample.run(f"java -cp build:$JARS Vectors {VECTORS}") == expected


def test_210000_yuan_and_a_refusal_that_is_read_through_a_bad_line(sample, closed, door):
    door.plan.extend([problem(503, "overloaded", **{"Retry-After": "0"}), "lose answer"])
    assert sample.first_answer(closed, door.base) == ANSWER
    assert len({call["X-Nonce"] for call in door.calls}) == len(door.calls) == 5
