"""Dunning: policies, steps taken, who is not dunned, who is to be suspended, and how old the receivables are."""

from __future__ import annotations

from billing_core.dunning.facts import DunningPaused, DunningPauseEnded, SuspensionPutOff
from projections.dunning.policies import DunningPolicies
from projections.dunning.speed import DunningSpeeds
from projections.dunning.steps import DunningSteps
from projections.dunning.stops import DunningStops, exemptions, pause_ended, paused, put_off
from projections.platform.area import Area

AREA = Area(
    true_by_date=(DunningPolicies(), DunningSteps(), DunningStops(), DunningSpeeds()),
    exemptions=exemptions,
    deadlines={DunningPaused: paused, DunningPauseEnded: pause_ended, SuspensionPutOff: put_off},
)
