"""Promises to pay that customers ask for at a kiosk: whether one is possible, with every reason against it, and opened.

What is promised is all that the account owes. The kiosk's id of a transaction makes the promise once: if its answer was
lost, the same message gets the first answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from adapters.bootstrap.application import Application
from adapters.kiosks.messages import Asked, Found, PromiseFound, masked
from billing_core.kernel.errors import BillingError
from billing_core.kiosks.connections import Kiosk
from billing_core.promises.conditions import Asked as AskedPromise
from billing_core.promises.conditions import Objection, objections_to
from commands.platform.causes import derived_id
from commands.platform.ports import Origin
from commands.promises import OpenPromise, Promising, load_promising, price_with_vat

COMMAND = "kiosk-promise"


class PayerOfKiosk(NamedTuple):
    """Who asks: the account, and the name of its customer."""

    account: str
    name: str


def checked(application: Application, payer: PayerOfKiosk, until: date | None, today: date) -> Found:
    """Whether all that is owed may be promised by a day, or by the last one that is possible; nothing is stored."""
    promising = application.bus.look(lambda transaction: load_promising(transaction, payer.account, today))
    until = until or _last_on(promising, today)
    dates = () if until is None else (until,)
    asked = AskedPromise(amount=promising.debtor.owed, dates=dates)
    objections = objections_to(promising.account.promises, promising.terms, promising.debtor, asked, today)
    reason = "; ".join(each.words for each in objections)
    return Found(
        "refused" if objections else "ok", "", reason, payer.account, masked(payer.name), promising.debtor.owed,
        _found(promising, until, objections, today),
    )  # fmt: skip


def opened(application: Application, payer: PayerOfKiosk, asked: Asked, kiosk: Kiosk, origin: Origin) -> Found:
    """Open the promise once for its transaction; refused with every reason against it."""
    given = origin._replace(command_id=promise_id(kiosk.code, asked.transaction))
    found = checked(application, payer, asked.until, origin.today)
    assert found.promise is not None
    if found.promise.until is None:
        return found
    try:
        application.execute(OpenPromise(account=payer.account, until=found.promise.until), given)
    except BillingError as error:
        return found if found.verdict == "refused" else found._replace(verdict="refused", reason=error.message)
    return found._replace(verdict="ok", reason="", promise=found.promise._replace(objections=(), possible_on=None))


def promise_id(kiosk: str, transaction: str) -> UUID:
    """The id of the command that a transaction of a kiosk gives, the same at every repetition."""
    return derived_id(COMMAND, kiosk, transaction)


def _last_on(promising: Promising, today: date) -> date | None:
    return None if promising.terms is None else today + timedelta(days=promising.terms.most_days)


def _found(promising: Promising, until: date | None, objections: Sequence[Objection], today: date) -> PromiseFound:
    terms, account = promising.terms, promising.account
    days = [each.possible_on for each in objections]
    possible_on = None if None in days else max((day for day in days if day is not None), default=None)
    return PromiseFound(
        until=until, last_on=_last_on(promising, today),
        price=None if terms is None else price_with_vat(terms, account.currency),
        objections=tuple(each.code for each in objections), possible_on=possible_on,
        pay_first=next((each.missing for each in objections if each.missing is not None), None),
    )  # fmt: skip
