"""Where in the text of a grammar a mistake is: `lark` says it only for mistakes of form."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedInput, VisitError
from lark.lexer import Token

from grammars.errors import GrammarError

_STATED = re.compile(r",? *\bat line (\d+),? column (\d+)(?: in <string>)?")
_NAMES = re.compile(r"[A-Za-z_]\w*")
# The ways in which `lark` names the culprit, the surest first.
_SAID = (
    re.compile(r"[`'](\w+)[`']"),
    re.compile(r"\b(?:in|Rule|Terminal|at|defined:|symbol) (\w+)\b"),
    re.compile(r"<(\w+) :"),
    re.compile(r"\((\d+\.\.\d+)\b"),
    re.compile(r"\((.+)\)$"),
    re.compile(r"You used (->)"),
)
_HIDDEN = re.compile(r"""//[^\n]*|\#[^\n]*|"(?:\\.|[^"\\\n])*"|/(?![/*+?])(?:\\.|[^/\\\n])+/""")


def locate(failure: BaseException, text: str) -> GrammarError:
    """The error, with the best place that `lark` gives or that its message leads to."""
    if isinstance(failure, VisitError):
        return locate(failure.orig_exc, text)
    if isinstance(failure, FileNotFoundError):
        return _import_error(str(failure.filename), text)
    lines = str(failure).strip().split("\n")
    what = lines[0].strip() or "the grammar is not one that lark can read"
    if isinstance(failure, UnexpectedInput):
        return _at(what, failure.line, failure.column, text)
    stated = _STATED.search(what)
    if stated:
        return _at(what, int(stated[1]), int(stated[2]), text)
    if len(failure.args) > 1 and isinstance(failure.args[1], SyntaxError):
        literal = str(failure.args[0])
        return GrammarError(f"bad escape: {failure.args[1].msg}", first_place(text, literal), literal)
    return _named(" ".join(line.strip() for line in lines if line.strip()) or what, text)


def _import_error(path: str, text: str) -> GrammarError:
    name = path.removesuffix(".lark").replace("/", ".").replace("\\", ".")
    return GrammarError("no such grammar to import", first_place(text, name), name)


def _at(what: str, line: int, column: int, text: str) -> GrammarError:
    lines = text.split("\n")
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return GrammarError(_STATED.sub("", what).strip(" .,:"), f"line {line}, column {column}", found)


def _named(what: str, text: str) -> GrammarError:
    """An error that names a rule, a terminal or a literal: its place is where that first stands."""
    for pattern in _SAID:
        for found in pattern.findall(what):
            place = first_place(text, found)
            if place:
                return GrammarError(what, place, found)
    return GrammarError(what)


def place_of(text: str, token: Token) -> str:
    """The place of a token, if it stands in this very text and not in an imported grammar."""
    lines = text.split("\n")
    if token.line is None or token.column is None or token.line > len(lines):
        return ""
    rest = lines[token.line - 1][token.column - 1 :]
    return f"line {token.line}, column {token.column}" if rest.startswith(token.split("\n")[0]) else ""


def first_place(text: str, wanted: str, *, after: str = "") -> str:
    """Where `wanted` first stands; a name is looked for outside of comments, strings and patterns."""
    if not _NAMES.fullmatch(wanted):
        literal = next((hit.start() for hit in _HIDDEN.finditer(text) if hit.group() == wanted), text.find(wanted))
        return place_at(text, literal) if literal >= 0 else ""
    shown = visible(text)
    found = re.compile(rf"(?<!\w){wanted}(?!\w)").search(shown, max(shown.find(after), 0))
    return place_at(text, found.start()) if found else ""


def visible(text: str) -> str:
    """`text` with blanks for comments, strings and patterns."""
    return _HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def place_at(text: str, position: int) -> str:
    """The line and column of a position."""
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"
