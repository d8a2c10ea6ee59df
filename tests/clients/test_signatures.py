"""The published signature vectors, by our own code and by the samples of the documentation in three languages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.services.signing import Signed, is_signed, sign_sha256, sign_sm3

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests" / "vectors" / "signatures.json").read_text(encoding="utf-8"))
#: Where Debian's libbcprov-java puts it.
BOUNCY_CASTLE = Path("/usr/share/java/bcprov.jar")
INPUTS = ("secret", "method", "path", "query", "body", "app_id", "timestamp", "nonce")

MAIN = """
import java.nio.charset.StandardCharsets;

public final class Main {
    public static void main(String[] a) throws Exception {
        byte[] body = a[4].getBytes(StandardCharsets.UTF_8);
        System.out.println(BeizengSigner.sign(a[0], a[1], a[2], a[3], body, a[5], a[6], a[7]));
    }
}
"""


def sample(language):
    """The documentation's code in one language."""
    text = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


def ids(vector):
    return vector["name"]


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
class TestOurs:
    def test_the_string_and_both_signatures(self, vector):
        names = ("method", "path", "query", "body_sha256")
        signed = Signed(*(vector[name] for name in names), vector["app_id"], vector["timestamp"], vector["nonce"])
        text, secret = signed.text(), vector["secret"].encode()
        assert text.decode() == vector["string_to_sign"]
        assert sign_sm3(secret, text) == vector["hmac_sm3"]
        assert sign_sha256(secret, text) == vector["hmac_sha256"]
        for signature in (vector["hmac_sm3"], vector["hmac_sha256"], vector["hmac_sm3"].upper()):
            assert is_signed(text, signature, (b"another", secret))
        assert not is_signed(text, vector["hmac_sm3"], (b"another",))
        assert not is_signed(text + b" ", vector["hmac_sm3"], (secret,))

    def test_python(self, vector):
        names: dict = {}
        exec(sample("python"), names)  # noqa: S102 - the documentation's own code
        given = {name: vector[name] for name in INPUTS} | {"body": vector["body"].encode()}
        assert names["sign"](**given) == vector["hmac_sm3"]
        assert names["sign"](**given, algorithm="sha256") == vector["hmac_sha256"]


def output(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parts
class TestOtherLanguages:
    def test_java_with_bouncy_castle(self, tmp_path):
        assert shutil.which("javac"), "needs a JDK"
        assert BOUNCY_CASTLE.exists(), "needs libbcprov-java"
        (tmp_path / "BeizengSigner.java").write_text(sample("java"), encoding="utf-8")
        (tmp_path / "Main.java").write_text(MAIN, encoding="utf-8")
        path = f"{BOUNCY_CASTLE}:{tmp_path}"
        output("javac", "-encoding", "UTF-8", "-cp", path, "Main.java", "BeizengSigner.java", cwd=tmp_path)
        for vector in VECTORS:
            inputs = [vector[name] for name in INPUTS]
            arguments = ["-Dsun.jnu.encoding=UTF-8", "-Dfile.encoding=UTF-8", "-cp", path, "Main", *inputs]
            assert output("java", *arguments, cwd=tmp_path) == vector["hmac_sm3"], vector["name"]

    def test_javascript_with_sm_crypto(self, tmp_path):
        assert shutil.which("npm"), "needs Node and npm"
        output("npm", "install", "--no-audit", "--no-fund", "--prefix", ".", "sm-crypto@0.3.13", cwd=tmp_path)
        (tmp_path / "sign.js").write_text(sample("javascript"), encoding="utf-8")
        call = "console.log(require('./sign.js').sign(...process.argv.slice(1)))"
        for vector in VECTORS:
            found = output("node", "-e", call, *(vector[name] for name in INPUTS), cwd=tmp_path)
            assert found == vector["hmac_sm3"], vector["name"]
