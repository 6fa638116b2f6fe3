"""Where in the text of a grammar a mistake is: `lark` says it only for mistakes of form."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedInput
from lark.lexer import Token

from grammars.errors import GrammarError

_STATED = re.compile(r",? *\bat line (\d+),? column (\d+)(?: in <string>)?")
_NAMES = re.compile(r"[A-Za-z_]\w*")
_HIDDEN = re.compile(r"""//[^\n]*|\#[^\n]*|"(?:\\.|[^"\\\n])*"|/(?![/*+?])(?:\\.|[^/\\\n])+/""")


def locate(failure: BaseException, text: str) -> GrammarError:
    """The error, with the best place that `lark` gives or that its message leads to."""
    lines = str(failure).strip().split("\n")
    what = lines[0].strip() or type(failure).__name__
    if isinstance(failure, UnexpectedInput):
        return _at(what, failure.line, failure.column, text)
    stated = _STATED.search(what)
    if stated:
        return _at(what, int(stated[1]), int(stated[2]), text)
    message = " ".join(line.strip() for line in lines if line.strip())
    if isinstance(failure, FileNotFoundError):
        message = f"no grammar to import: {failure.filename}"
    return _named(message or what, text)


def _at(what: str, line: int, column: int, text: str) -> GrammarError:
    lines = text.split("\n")
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return GrammarError(_STATED.sub("", what).strip(" .,:"), f"line {line}, column {column}", found)


def _named(what: str, text: str) -> GrammarError:
    """An error that names a rule, a terminal or an import: its place is where that name is first used."""
    visible = _visible(text)
    for name in _NAMES.findall(what):
        found = re.search(rf"(?<!\w){name}(?!\w)", visible)
        if found and not _is_word_of_message(name, what):
            return GrammarError(what, _place(text, found.start()), name)
    return GrammarError(what)


def _is_word_of_message(name: str, what: str) -> bool:
    """Is this a plain word of an English sentence rather than a quoted, bracketed or capital name?"""
    return not re.search(
        rf"['`(<\"/.]{name}\b|\b{name}[)'`>:]|: {name}\b|\b(?:in|Rule|Terminal|defined) {name}\b", what
    )


def place_of(text: str, token: Token) -> str:
    """The place of a token, if it stands in this very text and not in an imported grammar."""
    lines = text.split("\n")
    if token.line is None or token.column is None or token.line > len(lines):
        return ""
    rest = lines[token.line - 1][token.column - 1 :]
    return f"line {token.line}, column {token.column}" if rest.startswith(token.split("\n")[0]) else ""


def first_place(text: str, wanted: str) -> str:
    """Where `wanted` first stands; a name is looked for outside of comments, strings and patterns."""
    if not _NAMES.fullmatch(wanted):
        position = text.find(wanted)
        return _place(text, position) if position >= 0 else ""
    found = re.search(rf"(?<!\w){wanted}(?!\w)", _visible(text))
    return _place(text, found.start()) if found else ""


def _visible(text: str) -> str:
    return _HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"
