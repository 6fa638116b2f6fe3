"""The documents that the official test suite refers to from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012, specification_with

BASE = "http://localhost:1234/"

FOLDER_DIALECTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}
"""The dialect that a folder of the suite is written in."""


def read_registry(folder: Path) -> Registry[Any]:
    """The documents of a folder, by the addresses that the suite gives them."""
    resources = []
    for path in sorted(folder.rglob("*.json")):
        place = path.relative_to(folder)
        resources.append((BASE + place.as_posix(), _resource(json.loads(path.read_text()), place.parts[0])))
    return Registry().with_resources(resources)


def _resource(document: Any, top: str) -> Resource[Any]:
    dialect = FOLDER_DIALECTS.get(top)
    return Resource.from_contents(
        document, default_specification=specification_with(dialect) if dialect else DRAFT202012
    )
