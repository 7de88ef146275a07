"""Cash desks as data: their limits, who works at them, and which session is open.

    desk H1, receipts H1-0001, H1-0002 ...   limit of the till 30,000   limit of a receipt 10,000
    petra: write    hana: all    ivan: read  ivan may look; petra takes, pays out, hands over and counts;
                                             hana also cancels, settles and takes back
    nobody is named                          everybody whom the roles permit it

    desk E1 of dealer east, settles at H1    takes payments of the dealer's own customers alone, and hands cash over to
                                             H1 or another desk of east; H1 may hand a float to E1

A desk has one open session at most. Its receipts are numbered without a gap: the running number is in the facts of the
desk and its sessions alone, so no number is ever taken by what was not kept. The series of a desk never changes, nor
whose desk it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, require_amount, zero
from billing_core.parties.details import require_currency, require_printable, require_text
from billing_core.staff.roles import NotPermitted

CODE = re.compile(r"[A-Za-z0-9]{1,12}")
SERIES_CLAIM = "cash-series"
FEWEST_DIGITS = 4
Right = Literal["read", "write", "all"]
RIGHTS: tuple[Right, ...] = ("read", "write", "all")

# --- values and events


class CashDesk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cash desk of a branch. Its receipts are `series-0001`, `series-0002` ...

    With more than `till_limit` in the till no cash is taken until some of it leaves. `receipt_limit` is the most cash
    by one receipt. A receipt above `cancel_alone_up_to` is cancelled by two persons. None is no limit. `staff` are the
    operators who may read, write or do all at it; without any, everybody whom the roles permit. `printer` is the
    address of a fiscal printer, `host:port`. A desk of a `dealer` takes payments of the dealer's own customers, and
    hands what it took over to the desk of the house at which it settles; without a dealer it is the house's own.
    """

    code: str
    branch: str
    seller: str
    currency: str
    series: str
    till_limit: Decimal | None = None
    receipt_limit: Decimal | None = None
    cancel_alone_up_to: Decimal | None = None
    staff: Mapping[str, Right] = {}
    printer: str = ""
    dealer: str = ""
    settles_at: str = ""

    @property
    def source(self) -> str:
        """The source of its payments."""
        return f"desk-{self.code}"

    def receipt(self, running: int) -> str:
        """The number of a receipt: H1-0914; more digits than four if they are needed."""
        return f"{self.series}-{running:0{FEWEST_DIGITS}d}"


@event("cash-desk-registered")
class CashDeskRegistered(Event, frozen=True, kw_only=True):
    """A desk with its series of receipts."""

    desk: CashDesk

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its series, in capital letters."""
        return (Claim(SERIES_CLAIM, self.desk.series.upper(), stream, self.desk.code),)


@event("cash-desk-changed")
class CashDeskChanged(Event, frozen=True, kw_only=True):
    """From now on a desk has these details."""

    desk: CashDesk


@event("cash-desk-closed")
class CashDeskClosed(Event, frozen=True, kw_only=True):
    """No session is opened at the desk any more."""

    desk: str


@event("cash-session-started")
class CashSessionStarted(Event, frozen=True, kw_only=True):
    """The desk works in this session, until it has ended."""

    desk: str
    session: str


@event("cash-session-ended")
class CashSessionEnded(Event, frozen=True, kw_only=True):
    """The desk works no longer in this session; `left` stayed in the till, and so many receipts have a number."""

    desk: str
    session: str
    left: Money
    receipts: int


# --- state


class DeskState(msgspec.Struct, frozen=True):
    """A desk, its open session, the number of its sessions, and what the last one left."""

    desk: CashDesk
    left: Money
    session: str = ""
    sessions: int = 0
    receipts: int = 0
    is_closed: bool = False


def apply_desk(state: DeskState | None, fact: Event) -> DeskState | None:
    """Fold one event of a desk's stream."""
    replace = msgspec.structs.replace
    match fact:
        case CashDeskRegistered(desk=desk):
            return DeskState(desk, zero(desk.currency))
        case CashDeskChanged(desk=desk) if state is not None:
            return replace(state, desk=desk, is_closed=False)
        case CashDeskClosed() if state is not None:
            return replace(state, is_closed=True)
        case CashSessionStarted(session=session) if state is not None:
            return replace(state, session=session, sessions=state.sessions + 1)
        case CashSessionEnded(left=left, receipts=receipts) if state is not None:
            return replace(state, session="", left=left, receipts=receipts)
    return state


# --- decisions


def found_desk(state: DeskState | None, code: str) -> DeskState:
    """The desk, or `NotFound`."""
    if state is None:
        raise NotFound("no such cash desk is registered; `billing cash` lists them", field="desk", value=code)
    return state


def register_desk(state: DeskState | None, desk: CashDesk, on: date) -> list[Event]:
    """A new desk; the same details again change nothing."""
    if state is not None and state.desk == desk and not state.is_closed:
        return []
    if state is not None:
        raise AlreadyExists("is registered; give change-cash-desk for it", field="desk", value=desk.code)
    _require_desk(desk)
    return [CashDeskRegistered(effective_on=on, desk=desk)]


def change_desk(state: DeskState, desk: CashDesk, on: date) -> list[Event]:
    """Other limits, staff or name of a desk; a closed one is open again. Seller, currency, series and dealer stay."""
    _require_desk(desk)
    for name in ("seller", "currency", "series", "dealer"):
        known, wanted = getattr(state.desk, name), getattr(desk, name)
        if known != wanted:
            raise RuleViolation(f"cannot change from {known or 'none'}, because receipts are numbered by it; register "
                                "another desk", field=name, value=wanted)  # fmt: skip
    return [] if desk == state.desk and not state.is_closed else [CashDeskChanged(effective_on=on, desk=desk)]


def require_settlement(desk: CashDesk, house: CashDesk | None) -> None:
    """A desk of a dealer settles at one of the house, of the same seller and currency; one of the house at none."""
    if not desk.dealer and not desk.settles_at:
        return
    if not desk.dealer or house is None:
        wrong = "must name the desk of the house to which cash is handed over" if desk.dealer else "needs a dealer"
        raise InvalidValue(wrong, field="settles at", value=desk.settles_at)
    if house.dealer:
        raise RuleViolation(f"is a desk of dealer {house.dealer}; name one of the house", field="settles at",
                            value=house.code)  # fmt: skip
    if (house.seller, house.currency) != (desk.seller, desk.currency):
        raise RuleViolation(f"is kept in {house.currency} for seller {house.seller}, this one in {desk.currency} for "
                            f"{desk.seller}", field="settles at", value=house.code)  # fmt: skip


def require_hands_to(desk: CashDesk, to: CashDesk | None, code: str) -> CashDesk:
    """The desk to which another one hands cash over; of other dealers and of the house a dealer's desk knows none."""
    if desk.dealer and (to is None or (to.dealer != desk.dealer and to.code != desk.settles_at)):
        raise RuleViolation(f"is neither {desk.settles_at}, at which this desk settles, nor another desk of dealer "
                            f"{desk.dealer}", field="to desk", value=code)  # fmt: skip
    return found_desk(None, code).desk if to is None else to


def require_served(desk: CashDesk, account: str, dealer: str) -> None:
    """A desk of a dealer serves the accounts of this dealer's customers; one of the house serves all."""
    if desk.dealer and dealer != desk.dealer:
        raise RuleViolation(f"is not of a customer of dealer {desk.dealer}, whose desk this is; pay at a desk of the "
                            "house", field="account", value=account)  # fmt: skip


def close_desk(state: DeskState, on: date) -> list[Event]:
    """A desk is closed when no session is open and nothing is left in the till."""
    if state.is_closed:
        return []
    require_no_session(state)
    if state.left != zero(state.desk.currency):
        raise RuleViolation(f"{state.left} are left in the till; open a session and hand them over, or deposit them",
                            field="desk", value=state.desk.code)  # fmt: skip
    return [CashDeskClosed(effective_on=on, desk=state.desk.code)]


def require_no_session(state: DeskState) -> None:
    """A desk has one session at a time."""
    if state.session:
        raise RuleViolation(f"session {state.session} is open; count and close it first", field="desk",
                            value=state.desk.code)  # fmt: skip


def require_session(state: DeskState) -> str:
    """The open session of a desk."""
    if not state.session:
        raise RuleViolation("has no open session; open one with its float", field="desk", value=state.desk.code)
    return state.session


def may_at(desk: CashDesk, operator: str, right: Right) -> bool:
    """Whether an operator has a right at a desk: each holds those before it."""
    if not desk.staff:
        return True
    mine = desk.staff.get(operator)
    return mine is not None and RIGHTS.index(mine) >= RIGHTS.index(right)


def require_may(desk: CashDesk, operator: str, right: Right) -> None:
    """An operator has a right at a desk."""
    if not may_at(desk, operator, right):
        raise NotPermitted(f"operator {operator} does not have the right `{right}` at this desk; who changes desks "
                           "gives it", field="desk", value=desk.code)  # fmt: skip


def _require_desk(desk: CashDesk) -> None:
    for name, value in (("desk", desk.code), ("series", desk.series)):
        if not CODE.fullmatch(value):
            raise InvalidValue("must be 1 to 12 letters and digits", field=name, value=value)
    require_text(desk.branch, "branch")
    require_currency(desk.currency)
    require_printable(desk.printer, "printer")
    if desk.printer and not re.fullmatch(r"[^:\s]+:[0-9]{1,5}", desk.printer):
        raise InvalidValue("must be host:port, as in 10.0.0.7:9100", field="printer", value=desk.printer)
    limits = {"till limit": desk.till_limit, "receipt limit": desk.receipt_limit,
              "cancel alone up to": desk.cancel_alone_up_to}  # fmt: skip
    for name, limit in limits.items():
        if limit is not None and require_amount(limit, desk.currency, name).amount < 0:
            raise InvalidValue("must not be less than zero", field=name, value=limit)
    for operator, right in desk.staff.items():
        if right not in RIGHTS:
            raise InvalidValue(f"must be {', '.join(RIGHTS)}", field=f"right of {operator}", value=right)
