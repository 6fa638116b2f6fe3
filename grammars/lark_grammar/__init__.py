"""Grammars in the language of the `lark` library, which also reads them; what they mean is what its lexers do."""

from grammars.lark_grammar.grammar import LarkGrammar

__all__ = ["LarkGrammar"]
