"""The published signature vectors, by our own code and by the documentation's; the clients have tests of their own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.services.signing import Signed, is_signed, sign_sha256, sign_sm3

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests" / "vectors" / "signatures.json").read_text(encoding="utf-8"))
INPUTS = ("secret", "method", "path", "query", "body", "app_id", "timestamp", "nonce")


def sample():
    """The documentation's code."""
    text = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
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
        exec(sample(), names)  # noqa: S102 - the documentation's own code
        given = {name: vector[name] for name in INPUTS} | {"body": vector["body"].encode()}
        assert names["sign"](**given) == vector["hmac_sm3"]
        assert names["sign"](**given, algorithm="sha256") == vector["hmac_sha256"]
