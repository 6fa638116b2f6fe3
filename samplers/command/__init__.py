"""`constrain sample`: draws from a model conditioned on a schema, and writes what was drawn with its weights.

The entry point `constrain.commands` of the package leads here; `parser` is what it loads, and imports nothing heavy.
"""
