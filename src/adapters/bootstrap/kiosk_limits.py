"""What a process remembers of the messages of kiosks: nonces that came, and how many refusals were kept lately."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

# Twice as long as a message may be old.
NONCES_KEPT = timedelta(minutes=10)
MOST_NONCES = 100_000
KEPT_A_MINUTE, MINUTE_SECONDS = 10, 60.0


class Nonces:
    """The nonces of the last minutes, of this process: another process is protected by the transaction's own id."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = Lock()

    def is_new(self, kiosk: str, nonce: str, at: datetime) -> bool:
        """Whether a nonce of a connection did not come before."""
        with self._lock:
            while self._seen and (len(self._seen) >= MOST_NONCES or self._oldest() < at - NONCES_KEPT):
                self._seen.popitem(last=False)
            is_new = (kiosk, nonce) not in self._seen
            self._seen.setdefault((kiosk, nonce), at)
            return is_new

    def _oldest(self) -> datetime:
        return next(iter(self._seen.values()))


class RefusalLimit:
    """How many refusals of one kind are kept: ten a minute. Those beyond are counted, for the next one that is kept."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], tuple[float, int, int]] = {}
        self._lock = Lock()

    def kept(self, kiosk: str, verdict: str) -> int | None:
        """How many were left out before this one; None if this one is left out."""
        with self._lock:
            since, kept, left_out = self._kinds.get((kiosk, verdict), (monotonic(), 0, 0))
            if monotonic() - since > MINUTE_SECONDS:
                since, kept = monotonic(), 0
            is_kept = kept < KEPT_A_MINUTE
            self._kinds[kiosk, verdict] = (since, kept + 1, 0) if is_kept else (since, kept, left_out + 1)
            return left_out if is_kept else None
