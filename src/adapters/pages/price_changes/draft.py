"""The editor of a price list: prices typed next to those of now, tried on a real customer before anything is done.

GET                       the last price list; ?change=7 takes up the draft of a rehearsal
POST do=show              the same with the draft kept, and the customer's bills by it
POST do=effect            the draft rehearsed on all customers; then the page of the change
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec
from pydantic import ValidationError
from starlette.responses import Response

from adapters.bootstrap.operations import operations
from adapters.door.job_door import JobDoor
from adapters.jobs.price_changes import PublishRevision
from adapters.pages.catalogue.components import KINDS, ComponentRow, has_one_price, row_of, whole, with_price
from adapters.pages.catalogue.forms import COMPONENT
from adapters.pages.filled_in import rows_read, rows_typed
from adapters.pages.forms import Field
from adapters.pages.jobs import REFUSED, to_page
from adapters.pages.page import N_, Shown
from adapters.pages.typed import amount_typed, day_typed
from adapters.pages.visit import Visit
from adapters.views.catalogue import ShowTariff
from adapters.views.price_changes import SimulateRevision
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotPermitted, NotSignedIn
from billing_core.time.periods import boundary
from commands.platform.identity import new_id

ADDED = Field("added", N_("Added"), "rows", columns=COMPONENT)


class EditedRow(NamedTuple):
    """A component in the editor: as it is now, whether it stays, its price as typed, and how much more that is."""

    row: ComponentRow
    is_kept: bool
    can_change: bool
    price: str
    more: Decimal | None
    percent: Decimal | None


class Draft(NamedTuple):
    """What was typed: the day, the components as the API has them, and the rows as they are shown again."""

    from_on: str
    components: Sequence[Mapping[str, Any]]
    rows: Sequence[EditedRow]
    added: Sequence[Mapping[str, str]]
    account: str


def draft(visit: Visit) -> Shown:
    """The editor as it begins: the last price list, from the first of the next month."""
    _require(visit)
    if visit.query.get("change"):
        return _shown(visit, _of_rehearsal(visit))
    begins_on = boundary(visit.today.year, visit.today.month + 1, 1)
    tariff = _tariff(visit)
    rows = [_row(each, visit.today, None, is_kept=True) for each in last_components(tariff)]
    return _shown(
        visit, Draft(begins_on.isoformat(), last_components(tariff), rows, (), visit.query.get("account", ""))
    )


def drafted(visit: Visit) -> Shown | Response:
    """The draft tried on a customer, or rehearsed on all of them."""
    _require(visit)
    typed = _typed(visit)
    try:
        if visit.first("do") != "effect":
            return _shown(visit, typed, simulation=_simulated(visit, typed))
        jobs, fields = JobDoor(visit.door), _fields(visit, typed)
        asked = jobs.admit(operations()[PublishRevision], fields, visit.caller(visit.first("_key")), dry_run=True)
        return to_page(visit, f"/catalogue/tariffs/{visit.path['tariff']}/changes/{jobs.start(asked).job}")
    except (NotSignedIn, NotPermitted):
        raise
    except (BillingError, ValidationError) as error:
        return _shown(visit, typed, fault=_said(error))


def _fields(visit: Visit, typed: Draft) -> dict[str, Any]:
    return {"tariff": visit.path["tariff"], "from": typed.from_on, "components": list(typed.components)}


def _simulated(visit: Visit, typed: Draft) -> Any:
    """The bills of the customer that was named, now and by the draft."""
    if not typed.account:
        return None
    words = {**_fields(visit, typed), "account": typed.account}
    words["components"] = msgspec.json.encode(words["components"]).decode()
    return visit.ask(SimulateRevision, **words)


def _typed(visit: Visit) -> Draft:
    components, rows = [], []
    kept = set(visit.posted.get("keep", ()))
    for component in last_components(_tariff(visit)):
        price = amount_typed(visit.first(f"price.{component['code']}"))
        row = _row(component, visit.today, price or None, is_kept=component["code"] in kept)
        rows.append(row)
        if row.is_kept:
            is_other = row.can_change and bool(price) and price != row.row.price
            components.append(with_price(component, price) if is_other else component)
    components += rows_read(ADDED, visit)
    from_on = day_typed(visit.first("from"), visit.today)
    return Draft(from_on, components, rows, rows_typed(ADDED, visit), visit.first("account").strip())


def _of_rehearsal(visit: Visit) -> Draft:
    """The draft that was rehearsed, to be changed further."""
    job = JobDoor(visit.door).show_job(visit.caller(), visit.query["change"])
    rehearsed = {each["code"]: each for each in job.fields.get("components", ())}
    rows = []
    for component in last_components(_tariff(visit)):
        then = rehearsed.pop(component["code"], None)
        price = row_of(then, visit.today).price if then else None
        rows.append(_row(component, visit.today, price, is_kept=then is not None))
    components = list(job.fields.get("components", ()))
    return Draft(job.fields.get("from", ""), components, rows, list(rehearsed.values()), visit.query.get("account", ""))


def _row(component: Mapping[str, Any], on: date, price: str | None, *, is_kept: bool) -> EditedRow:
    row = row_of(component, on)
    can_change = has_one_price(component)
    shown = price if price is not None else row.price or ""
    more = percent = None
    try:
        before, after = Decimal(row.price or "0"), Decimal(shown or "0")
        more = after - before
        percent = more * 100 / before if before else None
    except InvalidOperation:
        pass
    return EditedRow(row, is_kept, can_change, shown, more, percent)


def _tariff(visit: Visit) -> dict[str, Any]:
    return whole(visit.ask(ShowTariff, code=visit.path["tariff"]))


def last_components(tariff: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The components of the last price list of a tariff."""
    revisions = tariff.get("revisions") or ()
    found: Sequence[Mapping[str, Any]] = revisions[-1]["components"] if revisions else tariff["components"]
    return found


def _said(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return str(error)


def _shown(visit: Visit, typed: Draft, *, simulation: Any = None, fault: str = "") -> Shown:
    tariff = _tariff(visit)
    shown = {
        "tariff": tariff, "draft": typed, "simulation": simulation, "fault": fault, "key": str(new_id()),
        "kinds": KINDS, "added": ADDED, "may_simulate": visit.may(SimulateRevision),
        "last": (tariff.get("revisions") or [None])[-1],
    }  # fmt: skip
    return Shown("price_changes/draft.html", shown, REFUSED if fault else 200)


def _require(visit: Visit) -> None:
    if not visit.may(PublishRevision):
        visit.refuse(PublishRevision)
