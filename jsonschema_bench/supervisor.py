"""Watch a worker process: start it, ask it, give up on it in time, start another."""

from __future__ import annotations

import multiprocessing
import tempfile
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType

from jsonschema_bench.errors import BenchError
from jsonschema_bench.messages import Lost, Opened, Ready, Setting, Task, Walked
from jsonschema_bench.worker import serve

START_SECONDS = 600.0
"""How long an engine may take to load; the first run of a jitted engine compiles."""


class Supervisor:
    """One engine in a process of its own, started again whenever it is lost."""

    def __init__(self, setting: Setting, timeout: float) -> None:
        self.setting = setting
        self.timeout = timeout
        self.peak_memory = 0
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name) / "log"
        self._start()
        self.first_ready = self.ready

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    def run(self, task: Task) -> tuple[Opened | Lost, Walked | Lost | None]:
        """Open a case and walk it; the second answer is missing when the case was not opened."""
        if not self._process.is_alive():
            self._start()
        self._connection.send(task)
        opened = self._receive(self.timeout)
        if not isinstance(opened, Opened):
            return self._lost(opened), None
        if opened.refusal is not None:
            return opened, None
        walked = self._receive(self.timeout)
        if not isinstance(walked, Walked):
            return opened, self._lost(walked)
        self.peak_memory = max(self.peak_memory, walked.peak_memory)
        return opened, walked

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=serve, args=(theirs, self.setting, self._log), daemon=True)
        self._process.start()
        theirs.close()
        ready = self._receive(START_SECONDS)
        if not isinstance(ready, Ready):
            raise BenchError(f"{self.setting.engine} does not start: {self._lost(ready).cause}")
        self.ready = ready
        self.peak_memory = max(self.peak_memory, ready.memory)

    def _receive(self, timeout: float) -> object:
        return receive(self._connection, timeout)

    def _lost(self, answer: object) -> Lost:
        if isinstance(answer, Lost) and answer.kind == "refused":
            return answer
        self._stop()
        if isinstance(answer, Lost) and answer.kind == "timeout":
            return answer
        return Lost("crash", last_line(self._log) or f"exit code {self._process.exitcode}")

    def _stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()


def receive(connection: Connection, timeout: float) -> object:
    """The next message, or why there is none."""
    if not connection.poll(timeout):
        return Lost("timeout", f"no answer in {timeout:g} s")
    try:
        return connection.recv()
    except (EOFError, ConnectionResetError):
        return Lost("crash", "")


def last_line(log: Path) -> str:
    """The last line that is not blank: of a traceback, the error itself."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
