"""How a request is put to the model: the template that the shipped model was trained on, plain enough for any other."""

from __future__ import annotations

import json
from typing import Any

REQUEST = "### Request\n"
SCHEMA = "\n### Schema\n"
JSON = "\n### JSON\n"
ANSWER = "\n### Answer\n"


def render_prompt(prompt: str, schema: Any = None) -> str:
    """The text after which the model writes its answer.

    With a schema (JSON Schema as Python values) the answer is JSON; without one it is free text.
    """
    if schema is None:
        return f"{REQUEST}{prompt}{ANSWER}"
    compact = json.dumps(schema, separators=(",", ":"), ensure_ascii=False, default=float)
    return f"{REQUEST}{prompt}{SCHEMA}{compact}{JSON}"
