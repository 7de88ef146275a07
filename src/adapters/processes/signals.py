"""Signals that a process listens to."""

from __future__ import annotations

import signal


def not_ignored(*numbers: signal.Signals) -> list[signal.Signals]:
    """Those signals that the process was not started to ignore, as `nohup` does with SIGHUP."""
    return [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
