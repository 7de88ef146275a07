"""Batches of usage records: received (`receiving`), booked on the accounts they name (`booking`), and reported.

One that was cut off or sent by mistake is discarded (`discarding`).
"""

from commands.platform.area import Area
from commands.platform.concerns import HOUSE
from commands.usage import discarding, identifiers, price_lists, retention, waiting

AREA = Area(
    handlers={
        **discarding.HANDLERS,
        **identifiers.HANDLERS,
        **waiting.HANDLERS,
        **retention.HANDLERS,
        **price_lists.HANDLERS,
    },
    concerns={
        **dict.fromkeys(discarding.HANDLERS, HOUSE),
        **identifiers.CONCERNS,
        **dict.fromkeys(waiting.HANDLERS, HOUSE),
        **dict.fromkeys(retention.HANDLERS, HOUSE),
        **dict.fromkeys(price_lists.HANDLERS, HOUSE),
    },
)
