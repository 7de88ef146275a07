"""Signals that a process listens to."""

from __future__ import annotations

import signal
from threading import Event


def not_ignored(*numbers: signal.Signals) -> list[signal.Signals]:
    """Those signals that the process was not started to ignore, as `nohup` does with SIGHUP."""
    return [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]


def wait_for_signal() -> None:
    """Return when the process is asked to end."""
    asked = Event()
    for number in not_ignored(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    asked.wait()
