"""JSON Schema as a grammar."""

from grammars.json_schema.grammar import JsonSchemaGrammar

__all__ = ["JsonSchemaGrammar"]
