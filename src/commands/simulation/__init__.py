"""A scenario played in memory by the rules of the live system; nothing is stored.

It is used for quotes, for explanations to auditors and in tests.
"""

from __future__ import annotations

from commands.simulation.outcomes import Happened, Outcome, RunOutcome, net_and_vat
from commands.simulation.playing import play
from commands.simulation.scenario import (
    ChargeToWaive,
    DunningPlayed,
    Entry,
    Fact,
    PaymentToReverse,
    PromiseToOpen,
    Scenario,
    ScenarioAccount,
)

__all__ = [
    "ChargeToWaive",
    "DunningPlayed",
    "Entry",
    "Fact",
    "Happened",
    "Outcome",
    "PaymentToReverse",
    "PromiseToOpen",
    "RunOutcome",
    "Scenario",
    "ScenarioAccount",
    "net_and_vat",
    "play",
]
