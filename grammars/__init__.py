"""Schemas, grammars and patterns, read into one intermediate form (`grammars.ir`) that knows no tokenizer."""
