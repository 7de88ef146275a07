"""Old debts: agencies that collect them, late interest, limitation, calls; and what a step of a policy asks for."""

from __future__ import annotations

from commands.collection import agencies, agency_payments, calls, interest, limitation, steps
from commands.platform.area import Area

AREA = Area(
    handlers={
        **agencies.HANDLERS,
        **agency_payments.HANDLERS,
        **calls.HANDLERS,
        **interest.HANDLERS,
        **limitation.HANDLERS,
        **steps.HANDLERS,
    },
    concerns={**agencies.CONCERNS, **calls.CONCERNS, **interest.CONCERNS, **limitation.CONCERNS},
    reactions=(*calls.REACTIONS, *steps.REACTIONS),
)
