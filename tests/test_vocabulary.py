"""Vocabularies: their identity, and the bytes of tokens of every family of tokenizers."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from sentencepiece import SentencePieceProcessor
from tokenizers import decoders
from transformers.tokenization_mistral_common import MistralCommonBackend

from constrain.token_bytes.extracted import VocabularyError
from constrain.vocabulary import Vocabulary
from tests import tokenizers_made_here as made
from tests.vocabularies import MISTRAL_DATA, bytes_vocabulary, small_vocabulary, tekken, tekken_tokenizer

TEXT = '{"a b": [1, "é中🙂"]}\n\t  x'


def spell(vocabulary: Vocabulary, ids: list[int]) -> str:
    return b"".join(vocabulary.tokens[index] for index in ids).decode()


def plain(tokenizer: Any) -> Callable[[str], list[int]]:
    return lambda text: list(tokenizer.encode(text, add_special_tokens=False))


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=20), st.data())
def test_equal_content_is_equal(tokens: list[bytes], data: st.DataObject) -> None:
    ends = data.draw(st.sets(st.integers(0, len(tokens) - 1), min_size=1))
    one, other = Vocabulary(tokens, ends), Vocabulary(tuple(tokens), sorted(ends, reverse=True))
    assert one == other
    assert hash(one) == hash(other)
    assert one.content_hash == other.content_hash
    assert one != Vocabulary([*tokens, b""], ends)
    assert one.mask_words * 32 >= len(one) > (one.mask_words - 1) * 32


@pytest.mark.parametrize("ids", [31, 32, 33, 64])
def test_width(ids: int) -> None:
    vocabulary = Vocabulary([b"a"] * ids, [0])
    assert (len(vocabulary), vocabulary.mask_words) == (ids, -(-ids // 32))


def test_an_end_has_no_text() -> None:
    vocabulary = Vocabulary([b"a", b"</s>", b"b", b""], [3, 1, 3])
    assert vocabulary.eos_token_ids == (1, 3)
    assert vocabulary.tokens == (b"a", b"", b"b", b"")
    assert vocabulary.trie.token_ids.tolist() == [0, 2]
    assert vocabulary != Vocabulary([b"a", b"</s>", b"b", b""], [1])
    assert vocabulary != "something else"


@pytest.mark.parametrize(
    ("tokens", "ends", "found"),
    [
        ([b"a"], [], "no id ends"),
        ([b"a"], [1], "EOS id 1"),
        ([b"a"], [-1], "EOS id -1"),
        (["a", b""], [1], "id 0"),
        ([b"x" * 40_000, b""], [1], "id 0"),
    ],
)
def test_what_is_no_vocabulary(tokens: list[bytes], ends: list[int], found: str) -> None:
    with pytest.raises(VocabularyError, match=found):
        Vocabulary(tokens, ends)


def test_byte_complete() -> None:
    assert bytes_vocabulary().byte_complete
    assert not small_vocabulary().byte_complete
    used = [bytes([byte]) for byte in range(256) if byte not in {0xC0, 0xC1, *range(0xF5, 0x100)}]
    assert Vocabulary([*used, b""], [len(used)]).byte_complete


def test_a_vocabulary_can_be_pickled() -> None:
    vocabulary = small_vocabulary()
    assert pickle.loads(pickle.dumps(vocabulary)) == vocabulary  # noqa: S301  # our own
    assert "288 ids" in repr(vocabulary)


def test_byte_level_bpe() -> None:
    tokenizer: Any = made.byte_level()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert vocabulary.byte_complete
    assert vocabulary.eos_token_ids == (tokenizer.eos_token_id,)
    assert spell(vocabulary, plain(tokenizer)(TEXT)) == TEXT
    assert vocabulary.tokens[tokenizer.convert_tokens_to_ids("<tool call>")] == b"<tool call>"
    assert vocabulary.tokens[tokenizer.convert_tokens_to_ids("<image>")] == b""


def test_byte_fallback() -> None:
    tokenizer: Any = made.byte_fallback()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert vocabulary.byte_complete
    assert spell(vocabulary, plain(tokenizer)(TEXT)) == " " + TEXT
    assert vocabulary.tokens[tokenizer.convert_tokens_to_ids("<0x0A>")] == b"\n"
    assert vocabulary.tokens[tokenizer.unk_token_id] == b""


def test_unigram() -> None:
    tokenizer = made.unigram()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)("The fox, the dog.")) == " The fox, the dog."
    assert not vocabulary.byte_complete


def test_end_of_word() -> None:
    tokenizer = made.end_of_word()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)("The fox dog")) == "The fox dog "


def test_word_piece_ends_with_its_separator() -> None:
    tokenizer = made.word_piece()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert vocabulary.eos_token_ids == (tokenizer.sep_token_id,)
    assert spell(vocabulary, plain(tokenizer)("The Fox, jumps.")) == " the fox, jumps."


def test_whole_words() -> None:
    tokenizer = made.whole_words()
    assert spell(Vocabulary.from_tokenizer(tokenizer), plain(tokenizer)("The fox")) == " The fox"


def test_slow_word_piece(tmp_path: Path) -> None:
    tokenizer = made.slow_word_piece(tmp_path)
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)("The fox, jumps.")) == " the fox , jumps ."
    assert vocabulary.eos_token_ids == (tokenizer.sep_token_id,)


def test_slow_sentencepiece() -> None:
    tokenizer = made.slow_sentencepiece()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)(TEXT)) == " " + TEXT
    assert vocabulary.byte_complete


def test_slow_bytes() -> None:
    tokenizer = made.slow_bytes()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)(TEXT)) == TEXT
    assert vocabulary.byte_complete


def test_slow_byte_level() -> None:
    tokenizer = made.SlowByteLevel()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    assert spell(vocabulary, plain(tokenizer)(TEXT)) == TEXT
    assert vocabulary.eos_token_ids == (0,)


def test_a_slow_tokenizer_of_no_known_family() -> None:
    with pytest.raises(VocabularyError, match="SlowCharacters is no known kind"):
        Vocabulary.from_tokenizer(made.SlowCharacters())


def test_tiktoken() -> None:
    encoding = made.tiktoken_encoding()
    vocabulary = Vocabulary.from_tokenizer(encoding)
    assert len(vocabulary) == 302
    assert vocabulary.eos_token_ids == (300,)
    assert vocabulary.tokens[280] == vocabulary.tokens[301] == b""
    assert spell(vocabulary, encoding.encode(TEXT)) == TEXT


def test_a_bare_tokenizer() -> None:
    whole = made.byte_level()
    vocabulary = Vocabulary.from_tokenizer(whole.backend_tokenizer)
    assert vocabulary == Vocabulary.from_tokenizer(whole)


@pytest.mark.parametrize("version", ["v1", "v3", "v7"])
def test_mistral_sentencepiece(version: str) -> None:
    tokenizer = getattr(MistralTokenizer, version)()
    vocabulary = Vocabulary.from_tokenizer(tokenizer)
    inner = tokenizer.instruct_tokenizer.tokenizer
    assert vocabulary.eos_token_ids == (2,)
    assert vocabulary.byte_complete
    assert spell(vocabulary, inner.encode(TEXT, bos=True, eos=True)) == " " + TEXT


def test_sentencepiece_itself() -> None:
    model = SentencePieceProcessor(model_file=str(MISTRAL_DATA / "tokenizer.model.v1"))
    assert Vocabulary.from_tokenizer(model) == Vocabulary.from_tokenizer(MistralTokenizer.v1())


def test_tekken() -> None:
    vocabulary, tokenizer = tekken(), tekken_tokenizer()
    assert len(vocabulary) == 131_072
    assert vocabulary.byte_complete
    assert vocabulary.eos_token_ids == (2,)
    assert not any(vocabulary.tokens[: tokenizer.num_special_tokens])
    assert spell(vocabulary, tokenizer.encode(TEXT, bos=True, eos=True)) == TEXT
    trie = vocabulary.trie
    assert len(trie.token_ids) == sum(map(bool, vocabulary.tokens))
    assert trie.end[0] == len(trie) == 266_313


def test_mistral_inside_transformers() -> None:
    tokenizer = MistralCommonBackend(str(MISTRAL_DATA / "tokenizer.model.v1"))
    assert Vocabulary.from_tokenizer(tokenizer) == Vocabulary.from_tokenizer(MistralTokenizer.v1())


def test_size_pads_and_never_cuts_text() -> None:
    tokenizer = made.byte_level()
    whole = Vocabulary.from_tokenizer(tokenizer)
    assert Vocabulary.from_tokenizer(tokenizer, size=512).tokens == whole.tokens + (b"",) * (512 - len(whole))
    assert len(Vocabulary.from_tokenizer(tokenizer, size=len(whole) - 1)) == len(whole) - 1
    with pytest.raises(VocabularyError, match="more than the size 300"):
        Vocabulary.from_tokenizer(tokenizer, size=300)


@pytest.mark.parametrize(("ends", "wanted"), [(7, (7,)), ([9, 7], (7, 9)), (None, (0,))])
def test_ends_of_the_generation_config(ends: int | list[int] | None, wanted: tuple[int, ...]) -> None:
    vocabulary = Vocabulary.from_tokenizer(made.byte_level(), eos_token_ids=ends)
    assert vocabulary.eos_token_ids == wanted
    assert not any(vocabulary.tokens[index] for index in wanted)


def test_a_decoder_that_is_not_known() -> None:
    with pytest.raises(VocabularyError, match="CTC"):
        Vocabulary.from_tokenizer(made.byte_level(decoders.CTC()))


def test_an_object_that_is_no_tokenizer() -> None:
    with pytest.raises(VocabularyError, match=r"builtins\.object is no known kind"):
        Vocabulary.from_tokenizer(object())


def test_the_self_check_finds_a_wrong_byte() -> None:
    tokenizer = made.byte_level()
    decode = tokenizer.backend_tokenizer

    class Liar(type(tokenizer)):  # type: ignore[misc]  # a class found at run time
        """Hides its real decoder."""

        @property
        def backend_tokenizer(self) -> Any:
            return Shouting()

    class Shouting:
        """Decodes in upper case."""

        def __getattr__(self, name: str) -> Any:
            return getattr(decode, name)

        def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
            return str(decode.decode(ids, skip_special_tokens=skip_special_tokens)).upper()

    with pytest.raises(VocabularyError, match=r"decoded as 'THE QUICK.*token \d+ .*: this tokenizer is not") as caught:
        Vocabulary.from_tokenizer(Liar(tokenizer_object=decode, eos_token=made.END))
    assert caught.value.token is not None
    assert "Vocabulary" in caught.value.advice


def test_importing_loads_no_tokenizer_library() -> None:
    program = (
        "import sys, constrain.vocabulary, constrain.token_bytes.detect, constrain.token_bytes.check\n"
        "print({'torch', 'transformers', 'tokenizers', 'tiktoken', 'mistral_common', 'numba'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert ran.stdout.strip() == "set()"
