"""The link that ends advertising (RFC 8058): a mail program posts to it, a person sees a page with a button.

To look at it changes nothing, for scanners of mails follow every link.
"""

from __future__ import annotations

from asyncio import to_thread

from fastapi import Request, Response

from adapters.bootstrap.application import Application
from adapters.bootstrap.unsubscribing import Link, proved, unsubscribe
from adapters.http.endpoints import Endpoint, answering
from adapters.outreach.ready_made import unsubscribe_words

PATH = "/unsubscribe/{message}/{token}"
PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head><body><main><h1>{title}</h1>{rest}</main></body></html>
"""
BUTTON = '<form method="post"><button type="submit">{}</button></form>'


def looking(app: Application) -> Endpoint:
    """A page that asks whether the messages are to end."""

    async def respond(request: Request) -> Response:
        queued = await to_thread(proved, app, _link(request))
        words = unsubscribe_words(queued.language)
        return _page(queued.language, words["question"], BUTTON.format(words["button"]))

    return answering(respond, "show-unsubscribe")


def ending(app: Application) -> Endpoint:
    """The messages end, at once."""

    async def respond(request: Request) -> Response:
        link = _link(request)
        queued = await to_thread(proved, app, link)
        source = request.client.host if request.client else ""
        await to_thread(unsubscribe, app, link, source)
        return _page(queued.language, unsubscribe_words(queued.language)["done"])

    return answering(respond, "unsubscribe")


def _link(request: Request) -> Link:
    return Link(request.path_params["message"], request.path_params["token"])


def _page(language: str, title: str, rest: str = "") -> Response:
    return Response(PAGE.format(language=language, title=title, rest=rest), media_type="text/html")
