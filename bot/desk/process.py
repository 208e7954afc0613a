"""The desk as a child of the assistant: started with it, again if it dies, and ended with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from types import TracebackType

PARENT = "EVENKEEL_PARENT"
"""The process that started the desk; without it the desk has nobody to work beside."""

_SOON, _LATEST = 1.0, 30.0
_STOP_SECONDS = 10.0


class DeskProcess:
    """Runs `python -m bot desk` for as long as the block lasts."""

    def __init__(self, command: tuple[str, ...] = ("-m", "bot", "desk")) -> None:
        self._command = [sys.executable, *command]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="desk", daemon=True)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> DeskProcess:
        self._start()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(_STOP_SECONDS)

    def _start(self) -> None:
        # Its own group: the interrupt key is for the assistant, which then ends the desk in turn.
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            self._command,
            env={**os.environ, PARENT: str(os.getpid())},
            start_new_session=True,
        )

    def _keep(self) -> None:
        wait = _SOON
        while not self._stopping.is_set():
            process = self.process
            if process is None or process.poll() is not None:
                if self._stopping.wait(wait):
                    return
                wait = min(2 * wait, _LATEST)
                self._start()
            elif self._stopping.wait(_SOON):
                return


def end_with_parent() -> None:
    """In the desk: end when the assistant that started it is gone, however it went."""
    parent = os.environ.get(PARENT, "")
    if not parent.isdigit():
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            threading.Event().wait(_SOON)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
