"""Remittances: money that came in and that nobody recognises yet. It waits until a person says what it is.

Decides what becomes of it, not whose it is. A remittance has the same id as the payment that it may become, `source`
and `reference`, and the same claim, so the same money is never recorded both ways. Who sent it is not known, so what
tells of the payer is protected by a key of the remittance itself.

    20 January   24.00 with the text `thank you` come in           24.00 wait
    22 January   assigned to account 1001                          a payment of 20 January, which settles its invoices
    or           split, 10.00 to account 1001, 14.00 to 1002       two payments of 20 January, bank:17.1 and bank:17.2
    or           split, 10.00 to account 1001                      a payment, bank:17.1; 14.00 wait
    or           given back, because the sender is no customer     over; no account has seen it
    or           kept as other income, a subsidy                   over; no account has seen it
    23 January   the last act is undone                            what it took waits again

At any moment the money is the sum of what was assigned, given back, kept as other income, and waits. Each act takes all
that waits, except for a split, which may leave a part. Acts are undone in turn, the last one first; the payments of an
assignment leave their accounts by that, as a payment does that is moved away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, total, zero
from billing_core.kernel.personal import PersonNumber
from billing_core.parties.details import require_printable, require_text
from billing_core.payments.events import PAYMENT_CLAIM, MoneyReceived, PaymentReceived, as_reported
from billing_core.payments.receiving import require_income, require_reported

ActName = Literal["assigned", "split", "given back", "other income"]

# --- events


@event("remittance-received")
class RemittanceReceived(MoneyReceived, frozen=True, kw_only=True):
    """Money came in for nobody who is known. `sender` stands for the person who sent it: `remittance bank:17`."""

    sender: PersonNumber

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The id of the payment that it may become; the same money sent again has the same amount and day."""
        return (Claim(PAYMENT_CLAIM, self.payment, stream, f"{self.amount} on {self.effective_on}"),)


@event("remittance-assigned")
class RemittanceAssigned(Event, frozen=True, kw_only=True):
    """All of it is a payment of this account, from the day on which it came in.

    With `has_learned` the payer's bank account is known from now on to pay for the account.
    """

    account: str
    amount: Money
    has_learned: bool = False


class RemittancePart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a remittance that is a payment of an account, with an id of its own."""

    payment: str
    account: str
    amount: Money


@event("remittance-split")
class RemittanceSplit(Event, frozen=True, kw_only=True):
    """Parts of it are payments of some accounts, from the day on which it came in.

    With `has_learned` the payer's bank account is known from now on to pay for the account of the only part.
    """

    parts: tuple[RemittancePart, ...]
    has_learned: bool = False


@event("remittance-given-back")
class RemittanceGivenBack(Event, frozen=True, kw_only=True):
    """What waited of the money went back to its sender, by the order to the bank if one is named."""

    amount: Money
    reason: str
    order: str = ""


IncomeKind = Literal["subsidy", "damages", "returned-cost", "interest", "difference", "other"]


@event("remittance-kept")
class RemittanceKept(Event, frozen=True, kw_only=True):
    """What waited of the money is no customer's and not to be returned: it is other income of the house."""

    amount: Money
    kind: IncomeKind
    reason: str


@event("remittance-act-undone")
class RemittanceActUndone(Event, frozen=True, kw_only=True):
    """What the last act did with `amount` does not hold any more, as if it had never been: it waits again.

    `undoes` is the place of that act among the events of the remittance, counted from 1.
    """

    act: ActName
    undoes: int
    amount: Money
    reason: str


STREAM_KIND = "remittance/"
RemittanceAct = RemittanceAssigned | RemittanceSplit | RemittanceGivenBack | RemittanceKept


def remittance_stream(name: str) -> str:
    return f"{STREAM_KIND}{name}"


def sender_of(name: str) -> str:
    """Who sent the money of a remittance, as long as nobody knows who that is."""
    return f"remittance {name}"


def is_of_remittance(claim: Claim) -> bool:
    """Whether the claim of a payment's id is that of a remittance."""
    return claim.stream.startswith(STREAM_KIND)


# --- state


class Remittance(msgspec.Struct):
    """What came in, and the acts that hold, in their order, each with its place among the events.

    `parts` counts the parts that were ever made of it, `events` all that happened to it; once it `was_whole` the
    payment of its own id is used up.
    """

    received: RemittanceReceived
    acts: list[tuple[int, RemittanceAct]] = []
    parts: int = 0
    events: int = 1
    was_whole: bool = False

    @property
    def waiting(self) -> Money:
        """What nobody recognises yet."""
        taken = total((amount_of_act(act) for _, act in self.acts), self.received.amount.currency)
        return self.received.amount - taken


def amount_of_act(act: RemittanceAct) -> Money:
    """How much of the money an act took."""
    if isinstance(act, RemittanceSplit):
        return total((part.amount for part in act.parts), act.parts[0].amount.currency)
    return act.amount


def name_of_act(act: RemittanceAct) -> ActName:
    match act:
        case RemittanceAssigned():
            return "assigned"
        case RemittanceSplit():
            return "split"
        case RemittanceGivenBack():
            return "given back"
        case RemittanceKept():
            return "other income"


def parts_of_act(act: RemittanceAct, name: str) -> tuple[RemittancePart, ...]:
    """The payments that an act made of a remittance of that name."""
    match act:
        case RemittanceAssigned(account=account, amount=amount):
            return (RemittancePart(payment=name, account=account, amount=amount),)
        case RemittanceSplit(parts=parts):
            return parts
        case _:
            return ()


def apply_remittance(state: Remittance | None, fact: Event) -> Remittance | None:
    """Fold one event of a remittance's stream."""
    match fact:
        case RemittanceReceived():
            return Remittance(fact)
        case RemittanceActUndone() if state is not None:
            state.events += 1
            state.acts.pop()
        case RemittanceAssigned() | RemittanceSplit() | RemittanceGivenBack() | RemittanceKept() if state is not None:
            state.events += 1
            state.acts.append((state.events, fact))
            state.parts += len(fact.parts) if isinstance(fact, RemittanceSplit) else 0
            state.was_whole |= isinstance(fact, RemittanceAssigned)
    return state


# --- decisions


def receive_remittance(fact: RemittanceReceived) -> list[Event]:
    """Record money that nobody recognises."""
    require_reported(fact)
    return [fact]


def assign(remittance: Remittance, account: str, *, has_learned: bool = False) -> RemittanceAssigned | RemittanceSplit:
    """The remittance's half of an assignment: of all of it, or of what still waits, which then is a part.

    A payment's id is used once for good, so after an assignment that was undone all of it is a part, too: `bank:17.1`.
    """
    waiting = require_waiting(remittance)
    received = remittance.received
    if waiting != received.amount or remittance.was_whole:
        return msgspec.structs.replace(split_over(remittance, ((account, waiting),)), has_learned=has_learned)
    return RemittanceAssigned(
        effective_on=received.effective_on, account=account, amount=waiting, has_learned=has_learned
    )


def split_over(
    remittance: Remittance, parts: Sequence[tuple[str, Money]], *, rest_waits: bool = False
) -> RemittanceSplit:
    """Parts of it for some accounts, each once. They are all that waits, unless it is said that the rest waits on.

    24.00 wait: 10.00 and 14.00 are a split; 10.00 alone only if the rest waits; 10.00 and 15.00 are refused.
    """
    waiting, name = require_waiting(remittance), remittance.received.payment
    if not parts:
        raise InvalidValue("are missing; name an account and an amount for each", field="parts", value="")
    for account, amount in parts:
        if sum(account == other for other, _ in parts) > 1:
            raise InvalidValue("stands there twice; make one part of the two", field="account", value=account)
        if amount.currency != waiting.currency:
            raise InvalidValue(f"the money is in {waiting.currency}", field="amount", value=amount)
        require_income(amount)
    rest = waiting - total((amount for _, amount in parts), waiting.currency)
    if rest < zero(rest.currency):
        raise RuleViolation(f"the parts are {-rest} more than the {waiting} that wait", field="remittance", value=name)
    if rest != zero(rest.currency) and not rest_waits:
        raise RuleViolation(f"the parts leave {rest} of {waiting}; say that the rest waits, or mend the amounts",
                            field="remittance", value=name)  # fmt: skip
    made = tuple(
        RemittancePart(payment=f"{name}.{number}", account=account, amount=amount)
        for number, (account, amount) in enumerate(parts, remittance.parts + 1)
    )
    return RemittanceSplit(effective_on=remittance.received.effective_on, parts=made)


def payment_of(received: RemittanceReceived, part: RemittancePart, customer: str) -> PaymentReceived:
    """The account's half: the payment that it is, of the day on which the money came in."""
    fields = as_reported(received) | {"reference": part.payment.partition(":")[2], "amount": part.amount}
    return PaymentReceived(**fields, customer=customer, remittance=received.payment)


def give_back(remittance: Remittance, reason: str, on: date, order: str = "") -> list[Event]:
    """Send what waits of the money back to where it came from."""
    waiting = require_waiting(remittance)
    require_text(reason, "reason")
    require_printable(order, "order")
    return [RemittanceGivenBack(effective_on=on, amount=waiting, reason=reason, order=order)]


def keep(remittance: Remittance, kind: IncomeKind, reason: str, on: date) -> list[Event]:
    """Keep what waits of the money as other income."""
    waiting = require_waiting(remittance)
    require_text(reason, "reason")
    return [RemittanceKept(effective_on=on, amount=waiting, kind=kind, reason=reason)]


def undo(remittance: Remittance, reason: str) -> tuple[RemittanceAct, RemittanceActUndone]:
    """The last act that holds, and that it does not hold any more; its payments leave their accounts by that."""
    require_text(reason, "reason")
    if not remittance.acts:
        raise RuleViolation("nothing was done with it yet, so there is nothing to undo", field="remittance",
                            value=remittance.received.payment)  # fmt: skip
    place, act = remittance.acts[-1]
    undone = RemittanceActUndone(
        effective_on=act.effective_on, act=name_of_act(act), undoes=place, amount=amount_of_act(act), reason=reason
    )
    return act, undone


def is_same_money(claim: Claim, known: Claim) -> bool:
    """Whether two records are of the same money: the same amount and day, and the same account if both name one."""
    if claim.content == known.content:
        return True
    short, long = sorted((claim.content, known.content), key=len)
    return long.startswith(f"{short} for account ")


def amount_and_day(claim: Claim) -> str:
    """What the claim of a payment's id says without its account: `24.00 EUR on 2026-01-20`."""
    return claim.content.partition(" for account ")[0]


def require_remittance(remittance: Remittance | None, name: str) -> Remittance:
    """The remittance of a name."""
    if remittance is None:
        raise NotFound("no such remittance; `billing remittances` lists them", field="remittance", value=name)
    return remittance


def require_waiting(remittance: Remittance) -> Money:
    """What waits of a remittance, or an error that says what became of it."""
    waiting = remittance.waiting
    if waiting != zero(waiting.currency):
        return waiting
    (_, act), name = remittance.acts[-1], remittance.received.payment
    match act:
        case RemittanceAssigned(account=account):
            became = f"is assigned to account {account} already; undo that if it is wrong"
        case RemittanceSplit(parts=parts):
            accounts = ", ".join(part.account for part in parts)
            became = f"is split over the accounts {accounts} already; undo that if it is wrong"
        case RemittanceGivenBack(effective_on=on, reason=reason):
            became = f"was given back on {on}, because: {reason}"
        case RemittanceKept(effective_on=on, reason=reason):
            became = f"was kept as other income on {on}, because: {reason}"
    raise RuleViolation(became, field="remittance", value=name)
