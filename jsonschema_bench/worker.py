"""The process that measures one engine: it opens schemas and walks instances, one after the other, in one thread."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any

import numpy as np

from jsonschema_bench.cases import Case, Instance, load_case
from jsonschema_bench.engines.base import Engine, Session, Walk
from jsonschema_bench.engines.registry import find_engine
from jsonschema_bench.errors import RefusedError
from jsonschema_bench.messages import Fault, Lost, Opened, Ready, Setting, Task, Walked
from jsonschema_bench.timing import held_memory, no_collection, peak_memory
from jsonschema_bench.tokenise import Tokeniser
from jsonschema_bench.vocabularies import VOCABULARIES

TRIVIAL = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "number"}}}
TRIVIAL_TEXT = '{"a": "x", "b": 1}'


def serve(connection: Connection, setting: Setting, log: Path) -> None:
    """Answer tasks until there are no more; everything printed goes to the log."""
    _send_output_to(log)
    worker = Worker(setting)
    connection.send(worker.ready)
    while (task := connection.recv()) is not None:
        for answer in worker.answers(task):
            connection.send(answer)


def _send_output_to(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for standard in (1, 2):
        os.dup2(descriptor, standard)


class Worker:
    """An engine with its vocabulary, and the schemas that it has compiled as long as memory permits."""

    def __init__(self, setting: Setting) -> None:
        began = perf_counter()
        self.keep_bytes = setting.keep_bytes
        self.kept: dict[str, Session] = {}
        self.tokeniser: Tokeniser = VOCABULARIES[setting.vocabulary]()
        self.engine: Engine = find_engine(setting.engine)(self.tokeniser, setting.options)
        loaded = perf_counter()
        self.engine.open(TRIVIAL).walk(self.tokeniser.encode(TRIVIAL_TEXT), [])
        # What tokenizers and libraries hold is no engine's garbage to look through.
        gc.collect()
        gc.freeze()
        self.ready = Ready(self.engine.version, loaded - began, perf_counter() - loaded, peak_memory())

    def answers(self, task: Task) -> Iterable[Opened | Walked | Lost]:
        """First that the schema is opened or refused, then the walks, or that they were refused on the way."""
        case = load_case(task.case) if isinstance(task.case, Path) else task.case
        session = self.kept.get(case.name)
        opened = Opened(0)
        if session is None:
            session, opened = _open(self.engine, case.schema)
        yield opened
        if session is not None:
            yield self._walk_or_refuse(session, case, warm=task.warm)

    def _walk_or_refuse(self, session: Session, case: Case, *, warm: bool) -> Walked | Lost:
        try:
            if warm and case.name not in self.kept:
                self._walk_all(session, case)
            walked = self._walk_all(session, case)
        except RefusedError as error:
            return Lost("refused", str(error))
        self._keep(case.name, session)
        return walked

    def _keep(self, name: str, session: Session) -> None:
        if held_memory() < self.keep_bytes:
            self.kept[name] = session

    def _walk_all(self, session: Session, case: Case) -> Walked:
        tokens = [self.tokeniser.encode(instance.text) for instance in case.instances]
        times: list[int] = []
        with no_collection():
            walks = [session.walk(ids, times) for ids in tokens]
        found = (
            judge(i, instance, walk, len(ids), self.tokeniser.text(ids[: walk.steps]))
            for i, (instance, walk, ids) in enumerate(zip(case.instances, walks, tokens, strict=True))
        )
        faults = tuple(fault for fault in found if fault is not None)
        return Walked(faults, np.array(times, np.int64), peak_memory())


def _open(engine: Engine, schema: Any) -> tuple[Session | None, Opened]:
    began = perf_counter_ns()
    try:
        session = engine.open(schema)
    except RefusedError as error:
        return None, Opened(perf_counter_ns() - began, str(error))
    return session, Opened(perf_counter_ns() - began)


def judge(index: int, instance: Instance, walk: Walk, length: int, passed: str) -> Fault | None:
    """What is wrong about a walk of `length` tokens that let the text `passed` through; `None` where nothing is."""
    if not walk.agrees:
        return Fault(index, instance.valid, f"mask and advance disagree after {_tail(passed)}")
    if walk.ended == instance.valid:
        return None
    if walk.ended:
        return Fault(index, False, f"wrong accept ({instance.description or 'invalid'}): {_tail(passed)}")
    where = "may not end" if walk.steps == length else "refused"
    return Fault(index, True, f"wrong reject ({instance.description or 'valid'}): {where} after {_tail(passed)}")


def _tail(text: str, most: int = 60) -> str:
    return repr(text) if len(text) <= most else "…" + repr(text[-most:])
