"""How the stored samples of tickets and flows are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.events import Event
from billing_core.work.fields import Field
from billing_core.work.flows import (
    END,
    AddComment,
    Flow,
    FlowPublished,
    FlowWithdrawn,
    GiveCommand,
    Limit,
    Move,
    OpenChild,
    SendSignal,
    Step,
)
from billing_core.work.mails import MailBounced, MailReceived
from billing_core.work.ticket_events import (
    About,
    ActionDone,
    ActionOverruled,
    ChildOpened,
    CommentAdded,
    LabourLogged,
    MaterialUsed,
    StepCompleted,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEscalated,
    TicketFieldsSet,
    TicketOpened,
    TicketReopened,
    TicketSignalled,
    WatchersChanged,
)

ON = date(2026, 6, 2)
DUE_AT = datetime(2026, 6, 12, 14, 0, tzinfo=UTC)
REPLY_DUE_AT = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)
CUSTOMER = "C0000001"
ACTIVATE = "services.change.activate-subscription"
FLOW = Flow(
    kind="new-connection",
    title="New connection",
    queue="installations",
    service_level="standard",
    about=("account", "subscription"),
    may=(ACTIVATE,),
    fields=(
        Field(code="power", title="Optical power, dBm", kind="number", least=Decimal(-27), most=Decimal(-8)),
        Field(code="way", kind="choice", choices=("duct", "pole"), is_optional=True, hint="as drawn"),
    ),
    steps=(
        Step(
            code="installation", title="Installation", permission="work.change.installation", form=("power", "way"),
            limit=Limit(hours=Decimal(16), queue="supervisors", priority="high"),
            moves=(
                Move(to="activation", resolution="done", when="power < -8", otherwise="measure again"),
                Move(to=END, resolution="given-up", outcome="cancelled", do=(
                    AddComment(text="We cannot connect you.", audience="customer"), SendSignal(name="given-up"),
                )),
            ),
        ),
        Step(
            code="activation", by="automatic", moves=(Move(to="paid"),), do=(
                GiveCommand(command="activate-subscription", fields={"tariff": "'net'"}),
                OpenChild(kind="hand-over", subject="Protocol", when="way == 'duct'"),
            ),
        ),
        Step(code="paid", by="wait", wait_for="payment", moves=(Move(to=END, when="account.balance >= 0"),)),
    ),
)  # fmt: skip
SAMPLES: dict[str, Event] = {
    "flow-published/1": FlowPublished(effective_on=ON, flow=FLOW),
    "flow-withdrawn/1": FlowWithdrawn(effective_on=ON, kind="new-connection"),
    "ticket-opened/1": TicketOpened(
        effective_on=ON, kind="new-connection", flow_version=2, subject="New connection, Dolní 5", customer=CUSTOMER,
        about=About(account="00000001", subscription="net-2"), source="phone", priority="high", queue="installations",
        due_at=DUE_AT, parent="T-7", holds_dunning=True, values={"way": "duct"},
        custom_fields={"gate": "7"}, steps=("installation",), actions=("a//0",), reply_due_at=REPLY_DUE_AT,
        limits={"installation": DUE_AT},
    ),
    "step-completed/1": StepCompleted(
        effective_on=ON, customer=CUSTOMER, step="installation", resolution="done", reason="as agreed",
        values={"power": "-19.5"}, steps=("activation",), actions=("activation//0",), waits_for="payment",
        queue="crews", limits={"activation": DUE_AT}, gone_limits={"installation": REPLY_DUE_AT},
    ),
    "action-done/1": ActionDone(
        effective_on=ON, action="activation//0", name="activate-subscription", changed="account/00000001", left=1
    ),
    "action-overruled/1": ActionOverruled(
        effective_on=ON, action="activation//0", name="activate-subscription", reason="done by hand", error="no-port",
    ),
    "ticket-assigned/1": TicketAssigned(effective_on=ON, queue="crews", assignee="anna", crew="crew-2"),
    "ticket-fields-set/1": TicketFieldsSet(effective_on=ON, customer=CUSTOMER, values={"gate": "7"}),
    "ticket-changed/1": TicketChanged(
        effective_on=ON, customer=CUSTOMER, subject="New connection, Dolní 5", priority="urgent", due_at=DUE_AT,
        tags=("fibre", "vip"),
    ),
    "watchers-changed/1": WatchersChanged(effective_on=ON, watchers=("anna", "boris")),
    "comment-added/1": CommentAdded(
        effective_on=ON, customer=CUSTOMER, text="Afternoon please", audience="customer", is_from_customer=True,
        message_id="<1@example.org>", names=("key.jpg",),
        attachments=(Attachment(content_hash="ab" * 32, media_type="image/jpeg", size_bytes=412_000),),
    ),
    "mail-received/1": MailReceived(
        effective_on=ON, customer=CUSTOMER, mail="9f" * 20, sender="3a" * 16, address="anna@example.org",
    ),
    "mail-bounced/1": MailBounced(
        effective_on=ON, customer=CUSTOMER, mail="7c" * 20, status="5.1.1", diagnostic="smtp; 550 5.1.1 unknown",
    ),
    "labour-logged/1": LabourLogged(effective_on=ON, operator="anna", minutes=45, note="cable"),
    "material-used/1": MaterialUsed(effective_on=ON, item="cable", quantity="18.5", unit="m"),
    "child-opened/1": ChildOpened(effective_on=ON, child="T-9"),
    "ticket-escalated/1": TicketEscalated(
        effective_on=ON, step="installation", limit_at=DUE_AT, queue="supervisors", priority="high"
    ),
    "ticket-signalled/1": TicketSignalled(effective_on=ON, name="given-up"),
    "ticket-closed/1": TicketClosed(
        effective_on=ON, customer=CUSTOMER, outcome="duplicate", reason="the same", duplicate_of="T-3", parent="T-7",
        limits={"survey": DUE_AT},
    ),
    "ticket-reopened/1": TicketReopened(effective_on=ON, customer=CUSTOMER, reason="called back", step="survey",
        limits={"survey": DUE_AT}),
}  # fmt: skip
