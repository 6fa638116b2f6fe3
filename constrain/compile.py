"""From a schema, grammar, pattern or list of choices to an automaton: the functions that users call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from constrain.arguments import check_is_text, wrong_type
from constrain.automaton import DEFAULT_MEMORY_BYTES, DEFAULT_ROW_BYTES, Automaton
from constrain.errors import SettingsError
from constrain.first_rows import fill_lexicon
from constrain.options import SchemaOptions
from constrain.schemas import to_json_schema
from constrain.vocabulary import Vocabulary
from grammars.codepoints import is_text
from grammars.deadline import check_seconds, within
from grammars.dfa_ops import lexeme_of_regex, of_words
from grammars.errors import GrammarError, shortened
from grammars.ir import Expr, Lex, Lexeme, Rule
from grammars.json_schema.named_formats import CustomFormats
from grammars.json_schema.relax import approximation
from grammars.regex import Regex, match_language
from grammars.regex_parser import parse_pattern

if TYPE_CHECKING:
    from grammars.json_schema.documents import AnyRegistry

Flavour: TypeAlias = Literal["ecma", "python"]


@dataclass
class OneLexeme:
    """The grammar of a single lexeme; `words` says what it stands for."""

    lexeme: Lexeme
    words: str
    start: Rule = "text"

    def expand(self, _rule: Rule) -> Expr:
        """The lexeme."""
        return Lex(self.lexeme)

    def describe(self, _rule: Rule) -> str:
        """What the text has to be."""
        return self.words


def compile_json_schema(
    schema: Any,
    vocabulary: Vocabulary,
    *,
    property_order: str = "schema",
    whitespace: str | tuple[str, str] = "flexible",
    formats: str = "assert",
    draft: str | None = None,
    registry: AnyRegistry | None = None,
    custom_formats: CustomFormats | None = None,
    approximate: bool = False,
    deadline: float | None = None,
    memory_limit: int = DEFAULT_MEMORY_BYTES,
    row_limit: int = DEFAULT_ROW_BYTES,
) -> Automaton:
    """The automaton of the JSON texts that a schema accepts.

    `schema` is a dict, a bool, JSON text, a Pydantic model or any Python type. `property_order="schema"` keeps
    declared members in their order (others after them), `"any"` lets members come in any order. `whitespace` is
    `"flexible"` (what `json.dumps` and pretty printers write, bounded), `"compact"`, or a pair of separators as in
    `json.dumps`. `formats="annotate"` turns the checking of formats off. `draft` ("draft4" to "2020-12") is for
    schemas without `$schema`. `registry` is a `referencing.Registry` with the documents and metaschemas that the schema
    refers to; nothing is fetched. `custom_formats` maps names of formats to a pattern that their texts match from end
    to end, or to an automaton. Raises `GrammarError` where a schema is wrong, contradictory, or says what is not
    supported, and `LimitError` where it needs more than `memory_limit` bytes. With `approximate`, keywords that ask for
    more than can be compiled are left out: then texts are let through that are not valid, and `describe` says which
    keywords these are. `deadline` is how many seconds this may take before `LimitError`, and then every call that comes
    to a part of the schema that was not read before.
    """
    options = SchemaOptions(property_order, whitespace, formats, draft, registry, custom_formats, approximate, deadline)
    check_seconds(deadline)
    wanted = to_json_schema(schema)
    with within(deadline):
        grammar = approximation(wanted, options.grammar) if approximate else options.grammar(wanted)
        automaton = Automaton(grammar, vocabulary, memory_limit=memory_limit, row_limit=row_limit)
    fill_lexicon(vocabulary)
    return automaton


def compile_regex(pattern: str, vocabulary: Vocabulary, *, flavour: Flavour = "ecma", **limits: int) -> Automaton:
    """The automaton of the texts that a pattern matches from end to end, as `re.fullmatch`.

    `flavour` says how to read what the two dialects mean differently, such as `\\d` and `\\s`. `limits` are those of
    `Automaton`. Raises `GrammarError` for patterns that are wrong, match nothing, or are not regular.
    """
    check_is_text("pattern", pattern)
    if flavour not in get_args(Flavour):
        raise SettingsError("flavour", flavour, "'ecma' or 'python'")
    lexeme = lexeme_of_regex(match_language(_parsed(pattern, flavour)))
    if lexeme is None:
        raise GrammarError("the pattern matches no text", found=pattern)
    return Automaton(OneLexeme(lexeme, f"a text that matches {shortened(pattern)}"), vocabulary, **limits)


def _parsed(pattern: str, flavour: Flavour) -> Regex:
    try:
        return parse_pattern(pattern, flavour=flavour)
    except GrammarError as error:
        if flavour == "ecma" and _is_python(pattern):
            raise replace(error, advice='Python\'s re knows it: pass flavour="python"') from error
        raise


def _is_python(pattern: str) -> bool:
    try:
        parse_pattern(pattern, flavour="python")
    except GrammarError:
        return False
    return True


def compile_choice(choices: Iterable[str], vocabulary: Vocabulary, **limits: int) -> Automaton:
    """The automaton of a few texts.

    Raises `GrammarError` where there are none, or where one has no spelling in UTF-8.
    """
    if isinstance(choices, str) or not hasattr(choices, "__iter__"):
        raise wrong_type("choices", "a list of texts", choices)
    texts = list(choices)
    if not all(isinstance(text, str) for text in texts):
        raise wrong_type("choices", "a list of texts", texts)
    if not texts:
        raise GrammarError("there is nothing to choose from", advice="give at least one text")
    unwritable = next((text for text in texts if not is_text(text)), None)
    if unwritable is not None:
        advice = "lone surrogates are not text"
        raise GrammarError("a choice that can not be spelled in UTF-8", found=ascii(unwritable), advice=advice)
    words = f"one of {len(texts)} choices" if len(texts) > 5 else f"one of {', '.join(map(repr, texts))}"
    return Automaton(OneLexeme(Lexeme(of_words(texts)), words), vocabulary, **limits)


def compile_lark(grammar: str, vocabulary: Vocabulary, *, start: str = "start", **limits: int) -> Automaton:
    """The automaton of a grammar in Lark's language, lexed by longest match as Lark's contextual lexer does.

    Raises `GrammarError` with line and column for what is wrong or not supported.
    """
    check_is_text("grammar", grammar)
    check_is_text("start", start)
    # `lark` and what it imports take as long as the compilation of a schema, which needs none of it.
    from grammars.lark_grammar import LarkGrammar

    return Automaton(LarkGrammar(grammar, start=start), vocabulary, **limits)
