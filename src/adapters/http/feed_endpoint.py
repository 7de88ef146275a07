"""The feed over HTTP: a reader who is at the end of the log waits for the next event, without a thread."""

from __future__ import annotations

import asyncio
from asyncio import to_thread

from fastapi import Request, Response

from adapters.bootstrap.operations import operations
from adapters.door.door import Door
from adapters.edge.models import read_struct
from adapters.http.answers import as_body
from adapters.http.arrivals import Arrivals
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of, parameters_of
from adapters.views.outreach.feed import ListEvents, kinds_of
from billing_core.kernel.events import topics_under


def following(door: Door, arrivals: Arrivals) -> Endpoint:
    """Events after a position; whether the operator may read them is asked at every look."""
    operation = operations()[ListEvents]

    async def respond(request: Request) -> Response:
        values, caller = parameters_of(request), caller_of(request)
        page = await to_thread(door.answer, operation, values, caller)
        query = read_struct(ListEvents, {word: values[word] for word in values if word in ListEvents.__struct_fields__})
        loop = asyncio.get_running_loop()
        until, topics = loop.time() + query.wait, topics_under(kinds_of(query.events))
        while not page.items and (left := until - loop.time()) > 0:
            if not await arrivals.wait(page.next, topics, left):
                break
            page = await to_thread(door.answer, operation, values | {"after": str(page.next)}, caller)
        return Response(as_body(page), media_type=JSON)

    return answering(respond, operation.name)
