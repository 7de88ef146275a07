"""What others learn of what happened here: other systems by webhooks, customers by messages."""

from __future__ import annotations

from commands.outreach import (
    bases,
    bulk,
    letters,
    messages,
    reachability,
    reactions,
    reports,
    sms_terms,
    templates,
    terms,
    webhooks,
)
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

_OF_THE_HOUSE = {
    **webhooks.HANDLERS, **templates.HANDLERS, **terms.HANDLERS, **sms_terms.HANDLERS, **bases.HANDLERS,
    **bulk.HANDLERS, **reports.HANDLERS, **letters.HANDLERS,
}  # fmt: skip

AREA = Area(
    handlers={**_OF_THE_HOUSE, **messages.HANDLERS, **reachability.HANDLERS},
    concerns={**dict.fromkeys(_OF_THE_HOUSE, HOUSE), **messages.CONCERNS},
    reactions=(*reactions.TOLD, *bulk.REACTIONS),
    wakes=bulk.WAKES,
)
