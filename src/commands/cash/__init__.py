"""Cash desks: desks as data, sessions, takings, hand-overs and deposits, and what was printed."""

from commands.cash import deposits, desks, handing, printing, sessions, takings
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

_HANDLERS = {
    **desks.HANDLERS,
    **sessions.HANDLERS,
    **takings.HANDLERS,
    **handing.HANDLERS,
    **deposits.HANDLERS,
    **printing.HANDLERS,
}
AREA = Area(handlers=_HANDLERS, concerns=dict.fromkeys(_HANDLERS, HOUSE), reactions=deposits.REACTIONS)
