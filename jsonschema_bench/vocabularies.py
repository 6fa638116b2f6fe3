"""The vocabularies that engines are measured with: real ones that packages ship, parts of them, and larger unions."""

from __future__ import annotations

import base64
import importlib.util
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema_bench.errors import BenchError, MissingError
from jsonschema_bench.tokenise import Tokeniser

TEKKEN_FILE = "tekken_240911.json"
SENTENCEPIECE_FILE = "mistral_instruct_tokenizer_240323.model.v3"
SPECIAL = 1000
"""The special tokens of Tekken, which come first."""
UNION = 1 << 18


def tekken() -> Tokeniser:
    """The 131,072 ids that `mistral_common` ships, as a real large vocabulary that needs no download."""
    folder = _mistral_data()
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    source = Tekkenizer.from_file(folder / TEKKEN_FILE)
    special = source.num_special_tokens
    tokens = [b""] * special + [source.id_to_byte_piece(i) for i in range(special, source.n_words)]
    pattern = source._model._pat_str
    return Tokeniser(
        "tekken",
        tokens,
        special,
        source.eos_id,
        pattern,
        lambda text: source.encode(text, bos=False, eos=False),
        source,
    )


def _mistral_data() -> Path:
    spec = importlib.util.find_spec("mistral_common")
    if spec is None or spec.origin is None:
        raise MissingError("mistral_common")
    return Path(spec.origin).parent / "data"


def ranks_of(size: int | None) -> Tokeniser:
    """A `tiktoken` encoding of Tekken's first ranks, `size` ids with the special ones; of all its ranks (150,000)."""
    content: dict[str, Any] = json.loads((_mistral_data() / TEKKEN_FILE).read_text())
    import tiktoken

    count = None if size is None else size - SPECIAL
    ranks = {base64.b64decode(entry["token_bytes"]): entry["rank"] for entry in content["vocab"][:count]}
    pattern = content["config"]["pattern"]
    encoding = tiktoken.Encoding("ranks", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    tokens = [b""] * SPECIAL + sorted(ranks, key=ranks.__getitem__)

    def encode(text: str) -> list[int]:
        return [SPECIAL + rank for rank in encoding.encode_ordinary(text)]

    return Tokeniser(f"tekken-{len(tokens) // 1000}k", tokens, SPECIAL, 2, pattern, encode)


def sentencepiece() -> Tokeniser:
    """The 32,768 pieces that `mistral_common` ships: single bytes stand there twice, as pieces and for want of them."""
    from sentencepiece import SentencePieceProcessor

    from constrain.token_bytes.sentence_piece import extract_sentencepiece

    source = SentencePieceProcessor(model_file=str(_mistral_data() / SENTENCEPIECE_FILE))
    tokens = extract_sentencepiece(source).tokens
    special = next(i for i, token in enumerate(tokens) if token)
    end_of_line = source.piece_to_id("<0x0A>")

    def encode(text: str) -> list[int]:
        # The model puts a space before every text; what comes after an end of line is left alone.
        ids: list[int] = source.encode("\n" + text)
        return ids[ids.index(end_of_line) + 1 :]

    return Tokeniser("sentencepiece", tokens, special, source.eos_id(), r"[\s\S]+", encode, source)


def union() -> Tokeniser:
    """262,144 ids: all of Tekken's ranks, the pieces of the SentencePiece model, and pairs of common tokens.

    Texts are cut as Tekken cuts them, so that the steps are the same ones.
    """
    base = ranks_of(None)
    common = [token for token in base.tokens[SPECIAL + 256 :] if token.strip().isalpha()][:400]
    pairs = [first + second for first, second in itertools.product(common, common)]
    added = dict.fromkeys([*filter(None, sentencepiece().tokens), *pairs])
    known = frozenset(base.tokens)
    new = (token for token in added if token not in known)
    tokens = [*base.tokens, *itertools.islice(new, UNION - len(base.tokens))]
    return Tokeniser("union", tokens, SPECIAL, base.eos, base.pattern, base.encode)


def single_bytes() -> Tokeniser:
    """Every byte a token, for quick trials: id 0 ends the text, id b + 1 is the byte b."""
    tokens = [b"", *(bytes([byte]) for byte in range(256))]
    return Tokeniser("bytes", tokens, 1, 0, r"[\s\S]", lambda text: [byte + 1 for byte in text.encode()])


VOCABULARIES: dict[str, Callable[[], Tokeniser]] = {
    "tekken": tekken,
    "tekken-32k": lambda: ranks_of(1 << 15),
    "tekken-65k": lambda: ranks_of(1 << 16),
    "tekken-151k": lambda: ranks_of(None),
    "sentencepiece": sentencepiece,
    "union": union,
    "bytes": single_bytes,
}
"""The vocabularies that can be asked for by name."""


def check_vocabulary(name: str) -> None:
    """Raise where no vocabulary has this name."""
    if name not in VOCABULARIES:
        raise BenchError(f"no vocabulary '{name}': choose from {', '.join(VOCABULARIES)}")


def vocabulary_named(name: str) -> Tokeniser:
    """A vocabulary by its name; `BenchError` where there is none of that name."""
    check_vocabulary(name)
    return VOCABULARIES[name]()
