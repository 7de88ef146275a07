"""What leaves the house of a crew's work: the tasks of its day on paper, and its calendar to subscribe to."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from adapters.pages.documents.document import POLICY_OF_PDF
from adapters.pages.page import Page
from adapters.pages.visit import Visit
from adapters.views.work.sheets import PrintDay, ReadCalendar


def _sheet(visit: Visit) -> Response:
    """The tasks of a day, as a PDF."""
    crew, on = visit.path["crew"], visit.path["on"]
    found = visit.ask(PrintDay, crew=crew, on=on)
    name = quote(f"{crew}-{on}.pdf")
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Content-Security-Policy": POLICY_OF_PDF}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _calendar(visit: Visit) -> Response:
    """The appointments of a crew as iCalendar."""
    crew = visit.path["crew"]
    found = visit.ask(ReadCalendar, crew=crew)
    headers = {"Content-Disposition": f'attachment; filename="{quote(crew)}.ics"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (
    Page("/work/crews/{crew}/days/{on}/sheet", _sheet, PrintDay),
    Page("/work/crews/{crew}/calendar", _calendar, ReadCalendar),
)
