"""One entry of the LOG under an address that stays: before and after, its action, and the proof of its seal."""

from __future__ import annotations

import json

import msgspec
from starlette.responses import Response

from adapters.pages.audit.log import about, money_of
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.audit import ShowChange, ShowProof


def entry(visit: Visit) -> Shown:
    """A change with all that is known of it."""
    shown = visit.ask(ShowChange, position=visit.path["position"])
    return Shown("audit/entry.html", {"shown": shown, "change": shown.change, "money": money_of(shown.change),
                                      "about": about(shown.change), "proof": ShowProof})  # fmt: skip


def proof(visit: Visit) -> Response:
    """The proof as a file, which `billing check-proof` checks without the database."""
    found = visit.ask(ShowProof, position=visit.path["position"])
    content = json.dumps(msgspec.to_builtins(found), indent=2)
    headers = {"Content-Disposition": f'attachment; filename="proof-{int(visit.path["position"])}.json"'}
    return Response(content, media_type="application/json", headers=headers)


PAGES = (Page("/log/{position}", entry, ShowChange), Page("/log/{position}/proof", proof, ShowProof))
