"""A flow for the tests of tickets: from a survey to a service that works."""

from __future__ import annotations

from decimal import Decimal

from billing_core.work.fields import Field
from billing_core.work.flows import END, Flow, GiveCommand, Limit, Move, Step

ACTIVATE, CHARGE = "services.change.activate-subscription", "billing.change.charge-once"
CONNECTION = Flow(
    kind="connection",
    title="New connection",
    queue="installations",
    about=("account", "subscription"),
    may=(ACTIVATE, CHARGE),
    fields=(
        Field(code="is_possible", title="Is it possible?", kind="yes-no"),
        Field(code="tariff", title="Tariff"),
        Field(code="power", title="Optical power, dBm", kind="number", least=Decimal(-27), most=Decimal(-8)),
        Field(code="cable", title="Cable, metres", kind="number", is_optional=True),
    ),
    steps=(
        Step(code="survey", form=("is_possible",), moves=(Move(to="possible", resolution="measured"),),
             limit=Limit(hours=Decimal(16), queue="supervisors", priority="high")),
        Step(code="possible", by="decision", moves=(
            Move(to="installation", when="is_possible"), Move(to=END, outcome="cancelled"),
        )),
        Step(code="installation", queue="crews", permission="work.change.installation", form=(
            "tariff", "power", "cable",
        ), moves=(
            Move(to="activation", resolution="done", when="power < -8 or cable == none", otherwise="measure again"),
            Move(to="survey", resolution="no-way", is_back=True),
        )),
        Step(code="activation", by="automatic", moves=(Move(to="hand-over"),), do=(
            GiveCommand(command="activate-subscription", fields={"tariff": "tariff"}),
            GiveCommand(command="charge-once", fields={
                "description": "'Installation'", "amount": "'10.00'", "vat_rate": "20"}),
        )),
        Step(code="hand-over", moves=(Move(to=END, resolution="signed"),)),
    ),
)  # fmt: skip
FAULT = Flow(
    kind="fault",
    title="Fault",
    queue="support",
    steps=(
        Step(code="check", moves=(Move(to="repair", resolution="confirmed"),)),
        Step(code="repair", queue="crews", moves=(Move(to=END, resolution="repaired"),)),
    ),
)
