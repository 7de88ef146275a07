"""The ways out of a report page: each a file, with the query that makes it."""

from __future__ import annotations

from typing import NamedTuple

from starlette.responses import Response

from adapters.pages.page import Page
from adapters.pages.reports.asked import words_of
from adapters.pages.visit import Visit


class WayOut(NamedTuple):
    """A file of a report: the ending of its name, the label of its button, and the query that it answers."""

    ending: str
    label: str
    query: type


WAYS_OUT: tuple[WayOut, ...] = ()


def _page_of(way: WayOut) -> Page:
    def file(visit: Visit) -> Response:
        found = visit.ask(way.query, **words_of(visit))
        headers = {"Content-Disposition": f'attachment; filename="{visit.path["report"]}.{way.ending}"'}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return Page(f"/reports/{{report}}/{way.ending}", file, way.query)


PAGES = tuple(map(_page_of, WAYS_OUT))
