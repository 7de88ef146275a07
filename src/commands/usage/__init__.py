"""Usage: batches received (`mediation`) and booked on the accounts they name (`booking`), and priced (`rating`).

Use that goes on is granted (`grants`), and what is used is kept within quotas and limits (`control`).
"""

from commands.platform.area import Area
from commands.platform.concerns import HOUSE
from commands.usage import control, grants, identifiers, price_lists, retention, waiting

AREA = Area(
    handlers={
        **identifiers.HANDLERS,
        **waiting.HANDLERS,
        **retention.HANDLERS,
        **price_lists.HANDLERS,
        **grants.HANDLERS,
        **control.HANDLERS,
    },
    concerns={
        **identifiers.CONCERNS,
        **dict.fromkeys(waiting.HANDLERS, HOUSE),
        **dict.fromkeys(retention.HANDLERS, HOUSE),
        **dict.fromkeys(price_lists.HANDLERS, HOUSE),
    },
    reactions=(*control.REACTIONS,),
    wakes={**grants.WAKES, **control.WAKES},
)
