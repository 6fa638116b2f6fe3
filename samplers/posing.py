"""The problems of samplers that ask about single tokens: a monitor beside the automaton, a proposal model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from constrain.arguments import check_has, wrong_type
from constrain.errors import ContextError
from constrain.fitting import context_length
from samplers.language import Completable
from samplers.language_model import TransformersModel
from samplers.monitor import AnyMonitor, WatchedLanguage
from samplers.problem import Problem, Proposal, Request
from samplers.rejection.settings import ProposalModel
from samplers.target import Target


def pose(request: Request, target: Target, monitor: AnyMonitor | None, guide: ProposalModel | None) -> Problem[Any]:
    """The target on what is known to fit in the budget, as far as a monitor allows it."""
    if monitor is not None:
        _check_is_monitor(monitor)
    problem: Problem[Any] = request.completable(target)
    if guide is not None:
        problem.proposal = _proposal(request, problem, guide)
    if monitor is None or not isinstance(problem.language, Completable):
        return problem
    return replace(problem, language=WatchedLanguage(problem.language, monitor))


def _check_is_monitor(given: object) -> None:
    """Refuses what is no monitor, and one whose states cannot be looked up."""
    check_has("monitor", "a monitor, such as TextMonitor(vocabulary, complete)", given, ("start", "take", "may_stop"))
    start = cast("AnyMonitor", given).start
    try:
        hash(start)
    except TypeError as error:
        raise wrong_type("monitor.start", "a state that can be hashed (a tuple in place of a list)", start) from error


def _proposal(request: Request, problem: Problem[Any], guide: ProposalModel) -> Proposal:
    guide.check_for(request.automaton.vocabulary)
    prompt, context = problem.model.prompt, context_length(guide.model)
    needed = problem.language.max_new_tokens
    if context is not None and len(prompt) + needed > context:
        advice = "lower max_new_tokens, or take a proposal model with a longer context"
        raise ContextError(len(prompt), context, needed, advice)
    return Proposal(TransformersModel(guide.model, prompt), guide.temperature)
