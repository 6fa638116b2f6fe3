"""Keys of bounded length behind a seen one, spelled by pairs of escapes: a mask allows just what can be finished."""

from __future__ import annotations

import pytest

from constrain import DEAD, compile_json_schema
from constrain.checking import byte_vocabulary

NAMES = {"properties": {"\U0001f600": True}, "additionalProperties": {"type": "integer"}}
SCHEMA = {"type": "object", **NAMES, "propertyNames": {"maxLength": 2}}
KEYS = ['"\\ud', '"\\ud9', '"\\ud912', '"\\ud912\\', '"\\ud912\\u', '"\\ud912\\udc', '"x\\ud912', '"\\ud83d', '"\\']


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("before", ["{", '{"a": 12, ', '{"a": 12, "\\ud912\\udc00": 1, '])
def test_what_a_mask_allows_leads_on(key: str, before: str) -> None:
    automaton = compile_json_schema(SCHEMA, byte_vocabulary(), property_order="any")
    state = automaton.advance_bytes(automaton.start, (before + key).encode())
    assert state != DEAD
    mask = automaton.mask(state)
    allowed = [bool(mask[byte >> 5] >> (byte & 31) & 1) for byte in range(256)]
    assert allowed == [automaton.advance_bytes(state, bytes([byte])) != DEAD for byte in range(256)]
