"""Adapters: one engine each, behind the same two calls, `open` a schema and `walk` a text."""
