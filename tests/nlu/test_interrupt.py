"""Ctrl-C stops the assistant, Duckling or not."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

PROGRAM = """
import time
from datetime import date
from bot.nlu import expressions
expressions.read("tomorrow", today=date(2026, 3, 2), day_first=False)
print("ready", flush=True)
time.sleep(100)
"""


def test_interrupt_still_interrupts():
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert "KeyboardInterrupt" in errors
        assert time.monotonic() - began < 60
