"""Schemas that references may lead to outside of the document: those of the caller, and the official metaschemas."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from grammars.errors import GrammarError

if TYPE_CHECKING:
    from referencing import Registry

    from grammars.json_schema.nodes import Json

    AnyRegistry: TypeAlias = Registry[Any]


class Documents:
    """Documents by their URIs. Nothing is fetched, unless the caller's registry does so itself."""

    def __init__(self, registry: AnyRegistry | None) -> None:
        if registry is not None:
            _check(registry)
        self._registry = registry

    def find(self, uri: str) -> Json:
        """The schema at a URI without fragment; None where there is none."""
        if self._registry is None:
            return metaschemas().get(uri)
        known = self._registry.get(uri)
        if known is not None:
            contents: Json = known.contents
            return contents
        found = metaschemas().get(uri)
        return self._look_for(self._registry, uri) if found is None else found

    def _look_for(self, registry: AnyRegistry, uri: str) -> Json:
        """What stands inside of another document, or what the registry gets from elsewhere."""
        from referencing.exceptions import CannotDetermineSpecification

        try:
            found = registry.get_or_retrieve(uri)
        except LookupError:
            return None
        except (AttributeError, TypeError, ValueError, CannotDetermineSpecification) as error:
            raise GrammarError("the registry can not be read", found=uri, advice=str(error)) from error
        # It remembers what it had to look for.
        self._registry = found.registry
        contents: Json = found.value.contents
        return contents


@cache
def metaschemas() -> dict[str, Json]:
    """The official metaschemas by their URIs."""
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # it has no types

    return {uri: REGISTRY[uri].contents for uri in REGISTRY}


def _check(registry: object) -> None:
    from referencing import Registry

    if not isinstance(registry, Registry):
        raise TypeError(f"registry has to be a referencing.Registry, not {type(registry).__name__}")
