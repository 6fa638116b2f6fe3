"""The self-check of a vocabulary: the tokenizer's own encoding and decoding must agree with the bytes of its tokens.

What is allowed to differ, and nothing else:

- one space at the start or the end of a text, which families of words (SentencePiece, WordPiece, BPE with an end of
  word) add when they encode and drop when they decode: a token's bytes have the space that it writes *inside* a text;
- what the tokenizer's normaliser does to a text (lower case, accents, Unicode forms), which only concerns prompts;
- white space, where the family does not keep it (WordPiece, Unigram).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constrain.token_bytes.extracted import VocabularyError
from constrain.token_bytes.pieces import SPACE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constrain.token_bytes.extracted import Extracted

SAMPLES = (
    "The quick brown fox jumps over the lazy dog.",
    '{"name": "Ada", "age": 36, "tags": ["x", "y"], "ok": true, "none": null, "f": -1.5e+10}',
    "  two  spaces   three\ttab\n\n\nnewlines \r\n",
    "def f(x):\n    return x**2 if x != 0 else [y for y in range(10)]\n",
    "Größe, naïve café, œuvre; Żółć, Çağrı, phở",
    "Привет, мир. Γειά σου Κόσμε. שלום עולם مرحبا بالعالم नमस्ते दुनिया",
    "你好，世界。こんにちは世界 안녕하세요 สวัสดี",
    "emoji 🙂👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 €¥ ∑∞≠ 𝔘𝔫𝔦",
)
CHECKED_TOKENS = 1000
ADVICE = "this tokenizer is not understood; build a Vocabulary from the bytes of each token instead"


def check_extracted(extracted: Extracted) -> None:
    """Raise `VocabularyError` where the tokens are not what the tokenizer reads and writes."""
    for text in SAMPLES:
        _check_text(extracted, text)
    _check_tokens(extracted)


def _check_text(extracted: Extracted, text: str) -> None:
    ids = extracted.encode(text)
    if not all(0 <= index < len(extracted.tokens) for index in ids):
        raise VocabularyError(f"{text!r} is encoded as ids outside of the vocabulary", ADVICE, str(max(ids)))
    if not extracted.unknown.isdisjoint(ids):
        return
    joined = _join(extracted, ids)
    if not _same(joined, extracted.decode(ids)):
        raise VocabularyError(
            f"{extracted.family}: {text!r} is decoded as {extracted.decode(ids)!r}, but its tokens are {joined!r}",
            ADVICE,
            _first_wrong(extracted, ids),
        )
    if _is_complete(extracted) and not _means(extracted, joined, text):
        raise VocabularyError(
            f"{extracted.family}: {text!r} is encoded as the tokens {joined!r}", ADVICE, _first_wrong(extracted, ids)
        )


def _means(extracted: Extracted, joined: bytes, text: str) -> bool:
    """Whether the tokens spell what the tokenizer made of `text`."""
    normal, spelled = extracted.normalise(text), joined.decode("utf-8", "replace")
    if extracted.exact:
        return spelled in {normal, f" {normal}"}
    return _squeeze(spelled) == _squeeze(normal)


def _squeeze(text: str) -> str:
    return "".join(text.replace(SPACE_MARK, " ").split())


def _is_complete(extracted: Extracted) -> bool:
    """Whether no text is lost in silence: every byte is a token, or a rare character comes out as unknown."""
    singles = {token for token in extracted.tokens if len(token) == 1}
    return len(singles) >= 243 or not extracted.unknown.isdisjoint(extracted.encode("𒀀"))


def _join(extracted: Extracted, ids: list[int]) -> bytes:
    return b"".join(extracted.tokens[index] for index in ids)


def _same(joined: bytes, decoded: str) -> bool:
    """Whether bytes and text agree, but for the space at either end that decoding may drop."""
    spelled = joined.decode("utf-8", "replace")
    return any(spelled == f"{start}{decoded}{end}" for start in ("", " ") for end in ("", " "))


def _first_wrong(extracted: Extracted, ids: list[int]) -> str | None:
    """The first token whose bytes are not what it is decoded to; None when each is right by itself."""
    wrong = (index for index in ids if not _same(extracted.tokens[index], extracted.decode([index])))
    return next((f"{index} ({extracted.tokens[index]!r})" for index in wrong), None)


def _check_tokens(extracted: Extracted) -> None:
    """Decode a spread of tokens, each between two others so that it stands inside of a text."""
    anchor = next(_anchors(extracted), None)
    if anchor is None:
        return
    size = len(extracted.tokens)
    spread = range(0, size, max(1, size // CHECKED_TOKENS))
    for index in sorted({*range(min(size, 300)), *spread, *range(max(0, size - 100), size)}):
        _check_token(extracted, anchor, index)


def _anchors(extracted: Extracted) -> Iterator[int]:
    """Tokens that are plain words in the vocabulary."""
    for index, token in enumerate(extracted.tokens):
        if token.strip().isalpha() and token.isascii():
            yield index


def _check_token(extracted: Extracted, anchor: int, index: int) -> None:
    joined = _join(extracted, [anchor, index, anchor])
    if not extracted.tokens[index] or "\ufffd" in joined.decode("utf-8", "replace"):
        return
    decoded = extracted.decode([anchor, index, anchor])
    if not _same(joined, decoded):
        raise VocabularyError(
            f"{extracted.family}: decoded as {decoded!r} instead of {joined!r}",
            ADVICE,
            f"{index} ({extracted.tokens[index]!r})",
        )
