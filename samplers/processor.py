"""ASAp as a `transformers` logits processor, for those who write with `model.generate` and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import torch
from transformers import LogitsProcessor

from constrain.arguments import check_is_automaton, check_is_model, check_is_whole
from constrain.errors import GenerationError, SettingsError
from constrain.fitting import check_vocabulary, end_tokens
from constrain.lru import Lru
from constrain.protocols import TokenAutomaton
from samplers.errors import EmptyLanguageError
from samplers.language import Completable, Language
from samplers.problem import Problem, check_is_evaluating, check_is_target
from samplers.randomness import make_rng
from samplers.target import OWN, Logits, Target
from samplers.tree.node import Node
from samplers.tree.prefix_tree import DEFAULT_MEMORY_BYTES, PrefixTree

if TYPE_CHECKING:
    from transformers import PreTrainedModel

MOST_PROMPTS: Final = 64
_UNLIMITED: Final = 1 << 40


@dataclass(eq=False)
class _GivenScores:
    """A language model whose scores are handed in: those of the row that is looked at."""

    row: Callable[[], Logits]
    forwards: int = 0
    prompt: tuple[int, ...] = ()

    @property
    def owner(self) -> object:
        return self

    def logits(self, tokens: Sequence[int]) -> Logits:
        del tokens  # the row was handed in for them
        return self.row()

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        return [self.logits(row) for row in rows]


@dataclass
class _Walk:
    """One row of the batch under way: its tree, its path, and the token that it was given last."""

    problem: Problem[Any]
    tree: PrefixTree[Any]
    path: list[Node[Any]] = field(init=False)
    token: int = -1
    is_over: bool = False

    def __post_init__(self) -> None:
        self.path = [self.tree.root]


class ASApProcessor(LogitsProcessor):
    """Draws with the bounds of a prefix tree, one tree for each prompt, which all rows and all calls share.

    The processor draws by itself: of the row that it returns only the drawn token is left. So temperature, top-k and
    top-p of a generation config change nothing; `target` says what they are, and `seed` repeats the draws. The scores
    that it is given are taken to be the model's.

    With `max_new_tokens`, which has to be that of `model.generate`, texts are complete within it together with the
    token that ends them. Without it a text may be cut off, and the bounds know nothing of that.

    Where a walk comes to a prefix after which nothing that is allowed has any probability, it cannot be taken back:
    `GenerationError` is raised for the whole batch, and the next call will not go there. Beyond `memory_limit` bytes
    the tree of a prompt forgets what was not used for longest; the trees of the last 64 prompts are kept.

    One automaton serves all rows, or one for each prompt of the batch. Rows may be several for a prompt
    (`num_return_sequences`); beams and drafts cannot be had, and are refused with `GenerationError`. Given the `model`
    too, a vocabulary that is not the model's and a model in training mode are refused, and texts end with an id at
    which `model.generate` stops.
    """

    def __init__(
        self,
        automaton: TokenAutomaton | Sequence[TokenAutomaton],
        model: PreTrainedModel | None = None,
        *,
        target: Target = OWN,
        seed: int | None = None,
        max_new_tokens: int | None = None,
        memory_limit: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        automata = tuple(automaton) if isinstance(automaton, Sequence) else (automaton,)
        if not automata:
            raise ValueError("an ASApProcessor needs at least one automaton")
        for each in automata:
            check_is_automaton(each)
        check_is_target(target)
        self._ends = np.array(_ends(automata, model), dtype=np.int64)
        self._problems = [_problem(each, target, max_new_tokens) for each in automata]
        self._rng = make_rng(seed)
        check_is_whole("memory_limit", memory_limit)
        if memory_limit < 1:
            raise SettingsError("memory_limit", memory_limit, "at least 1")
        self._memory_limit = memory_limit
        self._trees: Lru[tuple[int, ...], PrefixTree[Any]] = Lru(MOST_PROMPTS)
        self.reset()

    def reset(self) -> None:
        """Forgets the rows under way, not the trees: the next call begins with new prompts.

        That is found out without it, but for prompts that are the last rows with the token that was drawn for each.
        """
        self._walks: list[_Walk] = []
        self._ids = torch.empty((0, 0), dtype=torch.long)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """A row of minus infinity but for the token that was drawn, which has 0."""
        ids = input_ids.detach().cpu()
        if not self._goes_on(ids):
            self._begin(ids)
        self._ids = ids
        drawn = torch.full_like(scores, -torch.inf)
        for number, walk in enumerate(self._walks):
            self._step(walk, scores[number])
            drawn[number, walk.token] = 0.0
        return cast(torch.FloatTensor, drawn)

    def _goes_on(self, ids: torch.Tensor) -> bool:
        """Whether the rows are those of the last call with one token more."""
        rows, length = self._ids.shape
        if ids.shape != (rows, length + 1):
            return False
        known = set(map(tuple, self._ids.tolist()))
        if not all(tuple(row) in known for row in ids[:, :-1].tolist()):
            return False
        for number, (walk, token) in enumerate(zip(self._walks, ids[:, -1].tolist(), strict=True)):
            if not torch.equal(ids[number, :-1], self._ids[number]) or not (walk.is_over or token == walk.token):
                raise GenerationError(
                    f"row {number} goes on with token {token}, and {walk.token} was drawn: leave out beams, drafts and "
                    "later processors (for a new prompt that goes on from the last one, call reset() first)"
                )
        return True

    def _begin(self, ids: torch.Tensor) -> None:
        count = len(ids)
        if count % len(self._problems):
            raise ValueError(f"{count} rows cannot be shared among {len(self._problems)} automata: one for each prompt")
        places = [number * len(self._problems) // count for number in range(count)]
        self._walks = [
            _Walk(self._problems[place], self._tree(place, row))
            for place, row in zip(places, ids.tolist(), strict=True)
        ]

    def _tree(self, place: int, prompt: list[int]) -> PrefixTree[Any]:
        key = (place, *prompt)
        tree = self._trees.get(key)
        if tree is None:
            tree = PrefixTree(self._problems[place].language.start, self._memory_limit)
            self._trees.put(key, tree)
        return tree

    def _step(self, walk: _Walk, scores: torch.Tensor) -> None:
        """Draws the next token of a row, and lowers the bounds by what the row's scores say."""
        if walk.is_over:
            return
        given = cast(_GivenScores, walk.problem.model)
        given.row = lambda: scores.detach().float().cpu().numpy()
        node, is_new = walk.path[-1], walk.path[-1].branches is None
        masses = walk.tree.open(node, walk.problem).masses
        if is_new:
            walk.tree.back_up(walk.path)
        if not masses.any():
            raise _lost(walk)
        child = walk.tree.draw(node, walk.problem, self._rng)
        if child is None:
            # All ends are one event; which of them is written says nothing.
            walk.token, walk.is_over = int(self._ends[int(scores[self._ends.tolist()].argmax())]), True
        else:
            walk.token = child.token
            walk.path.append(child)
        walk.tree.keep_within_limit()


def _lost(walk: _Walk) -> GenerationError:
    """The error for a walk that came to where nothing has any probability."""
    if walk.tree.root.log_theta == -math.inf:
        return EmptyLanguageError()
    return GenerationError(
        "the scores leave no probability to anything that may come next in a row, which model.generate cannot take "
        "back: call it again (the tree leaves that prefix out from now on), or take ASAp().sample"
    )


def _ends(automata: Sequence[TokenAutomaton], model: PreTrainedModel | None) -> list[int]:
    """The ids that may end a text in the output."""
    if len({(len(each.vocabulary), tuple(each.vocabulary.eos_token_ids)) for each in automata}) > 1:
        raise ValueError("the automata of one batch must be compiled for one vocabulary")
    ends = sorted(automata[0].vocabulary.eos_token_ids)
    if model is None:
        return ends
    check_is_model(model)
    check_is_evaluating(model)
    check_vocabulary(automata[0].vocabulary, model)
    known = end_tokens(model)
    return [end for end in ends if not known or end in known]


def _problem(automaton: TokenAutomaton, target: Target, max_new_tokens: int | None) -> Problem[Any]:
    model = _GivenScores(_no_row)
    if max_new_tokens is None:
        return Problem(model, Language(automaton, _UNLIMITED), target)
    check_is_whole("max_new_tokens", max_new_tokens)
    if max_new_tokens < 1:
        raise SettingsError("max_new_tokens", max_new_tokens, "at least 1, for the token that ends the text")
    return Problem(model, Completable(automaton, max_new_tokens - 1), target)


def _no_row() -> Logits:
    raise ValueError("no row of scores was given")
