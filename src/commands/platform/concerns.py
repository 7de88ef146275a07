"""What a command or query concerns: the things it names, through which it is known whose customer it touches.

Which customers an operator may see and touch is checked at one place, before a command is decided and before a query is
answered, and by no handler. That place has to know what each one concerns, so each says so, by itself or in a table:

    ReceivePayment    account: str             by itself: a field of this name names an account
    RegisterCustomer  customer: Customer       CONCERNS: a customer that need not exist yet, by `customer.number`
    ShowInvoice       number: str              CONCERNS: a document, by `number`
    ListInvoices                               CONCERNS: LISTED, the query itself shows the dealer's own ones alone
    ListTariffs                                CONCERNS: SHARED, for all dealers alike
    RegisterSeller                             CONCERNS: HOUSE, not for operators of a dealer

The table stands in the module that declares them: `AREA.concerns` of an area's commands, `CONCERNS` of its queries.
What says nothing is treated as HOUSE, and a test fails that lists everything. Whose a thing is follows from facts that
do not lag:

    document -> account    the claim of its number        account -> customer    the account's opening
    request -> account     the request's stream
    ticket -> customer     the ticket's stream                 contract -> customer   the contract's stream
    customer -> dealer     the customer's stream          payment -> account     the claim of its id
    cash desk -> dealer    the desk's stream              receipt -> cash desk   the claim of its number

Cash in transit is of the dealers of both desks, that which handed it over and that for which it is.

    asked by an operator of dealer `east`            of a customer of `east`        of another one, or of nobody
    account, customer, document, dealer              done                           NotFound, as if there were none
    a new account, customer or payment               as the rules have it           AlreadyExists, without any detail

So another dealer's object and one that does not exist get the same answer by construction: that of the check, in which
no handler has a part. Customers of the house itself are nobody's, and none of a dealer's business. A customer on the
own pages is kept to what is the customer's own by the same check; what is listed or shared is not for customers.

The limits of a role hold in the same place. What a command is about is read from the same words: `tariff` and
`subscription` (the services to which a role may be limited), `amount`, `payment` and `charge` (the amount, of which a
role may move so much by one command, and so much without a second person). A command whose amount shows only when it is
decided declares that it is `Concern.is_worth_unknown`: to a role with limits it is above them. Who works at which cash
desk is said by the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

Kind = Literal[
    "account",
    "customer",
    "document",
    "dealer",
    "request",
    "ticket",
    "contract",
    "cash desk",
    "cash receipt",
    "cash in transit",
    "new account",
    "new customer",
    "new payment",
]
Reach = Literal["named", "listed", "shared", "house"]


class Scope(NamedTuple):
    """Whose things somebody may see and touch: the customers of a dealer, one customer's own, or without both all."""

    dealer: str = ""
    customer: str = ""


class Named(NamedTuple):
    """A thing that is named by a field, or by several that make its key; a point leads into a field that is a struct.

    One that is optional concerns nothing if it is left empty.
    """

    kind: Kind
    fields: tuple[str, ...]
    is_optional: bool = False

    def key(self, struct: Any) -> str:
        """`source:reference` of two fields."""
        return ":".join(_value(struct, path) for path in self.fields)


class Concern(NamedTuple):
    """What a command or query concerns."""

    reach: Reach
    things: tuple[Named, ...] = ()
    is_worth_unknown: bool = False


Concerns = Mapping[type, Concern]

SHARED, LISTED, HOUSE = Concern("shared"), Concern("listed"), Concern("house")
WORDS: Mapping[str, Kind] = {
    "account": "account", "from_account": "account", "to_account": "account", "customer": "customer",
    "ticket": "ticket", "contract": "contract",
}  # fmt: skip


def concern_of(struct: type, declared: Concerns) -> Concern | None:
    """What is declared, else what the names of the fields say; None if neither says anything."""
    if struct in declared:
        return declared[struct]
    things = tuple(
        Named(WORDS[field.name], (field.name,))
        for field in msgspec.structs.fields(struct)
        if field.name in WORDS and field.type is str
    )
    return Concern("named", things) if things else None


def _value(struct: Any, path: str) -> str:
    for name in path.split("."):
        struct = None if struct is None else getattr(struct, name)
    return "" if struct is None else str(struct)
