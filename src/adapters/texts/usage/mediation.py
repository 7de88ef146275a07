"""Batches of usage from sources, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.usage.mediation.deliveries import UsageReceived, WaitingUsageDismissed


def _received(fact: UsageReceived) -> str:
    others = {"repeated": fact.repeated, "refused": fact.refused, "mended": fact.mended}
    named = [f"{count:,} {which}" for which, count in others.items() if count]
    began = f" from {fact.first_at:%Y-%m-%d %H:%M:%S} to {fact.last_at:%Y-%m-%d %H:%M:%S} UTC" if fact.taken else ""
    numbers = f", numbers {fact.numbers.first} to {fact.numbers.last}" if fact.numbers else ""
    again = f" that came in batch {fact.again_of}" if fact.again_of else ""
    return ", ".join([f"{counted(fact.taken, 'record')}{again} taken{began}", *named]) + numbers


def _dismissed(fact: WaitingUsageDismissed) -> str:
    return f"{counted(len(fact.lines), 'record')} that waited dismissed, because: {fact.reason}"


SENTENCES: Sentences = {UsageReceived: _received, WaitingUsageDismissed: _dismissed}
