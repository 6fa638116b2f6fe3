"""The format `regex` against a JavaScript engine, where there is one."""

from __future__ import annotations

import json
import random
import shutil
import subprocess

import pytest

from grammars.dfa import Dfa
from grammars.formats import format_dfa

NODE = shutil.which("node")
JUDGE = """
const right = text => { try { new RegExp(text, "u"); return true } catch { return false } };
let input = "";
process.stdin.on("data", part => input += part);
process.stdin.on("end", () => console.log(JSON.stringify(JSON.parse(input).map(right))));
"""
REAL = [
    r"^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$",
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$",
    r"^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$",
    r"^(?=.*[A-Z])(?=.*\d)(?!.*\s).{8,64}$",
    r"^[\u4e00-\u9fa5\u0400-\u04ff]{1,20}$",
    r"^\p{Lu}\p{L}*(?:[ '-]\p{L}+)*$",
    r"^#(?:[0-9a-fA-F]{3}){1,2}$",
    r"^\/(?:[^\/\x00-\x1f]+\/)*$",
]


def regex_format() -> Dfa:
    dfa = format_dfa("regex")
    assert dfa is not None
    return dfa


def random_text(dfa: Dfa, length: int, rng: random.Random) -> str:
    """A text that is accepted, ended as soon as may be when it is `length` long; mostly ASCII."""
    state, text = 0, ""
    while dfa.labels[state] < 0 or len(text) < length:
        edges = list(dfa.rows[state])
        if len(text) >= length:
            edges = [edge for edge in edges if dfa.distances[edge[2]] < dfa.distances[state]]
        low, high, state = rng.choice([edge for edge in edges if edge[0] < 0x7F] or edges)
        text += chr(rng.randint(low, min(high, 0x7E) if low < 0x7F and rng.random() < 0.95 else high))
    return text


def test_what_people_write_is_accepted() -> None:
    assert [text for text in REAL if regex_format().matches(text) < 0] == []


@pytest.mark.skipif(NODE is None, reason="no JavaScript engine")
def test_nothing_wrong_is_accepted() -> None:
    rng = random.Random(7)
    texts = REAL + [random_text(regex_format(), rng.randint(0, 50), rng) for _ in range(3000)]
    assert NODE is not None
    command = [NODE, "-e", JUDGE]
    found = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert [text for text, right in zip(texts, json.loads(found.stdout), strict=True) if not right] == []
