"""What others learn of what happened here: other systems by webhooks, customers by messages."""

from __future__ import annotations

from commands.outreach import messages, reactions, templates, terms, webhooks
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

_OF_THE_HOUSE = {**webhooks.HANDLERS, **templates.HANDLERS, **terms.HANDLERS}

AREA = Area(
    handlers={**_OF_THE_HOUSE, **messages.HANDLERS},
    concerns={**dict.fromkeys(_OF_THE_HOUSE, HOUSE), **messages.CONCERNS},
    reactions=reactions.TOLD,
)
