"""Publish a flow after it was checked, and withdraw it."""

from __future__ import annotations

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.flow_checks import Fault, actions_of, faults_of
from billing_core.work.flows import Flow, Flows, OpenChild, apply_flow, publish_flow, withdraw_flow
from billing_core.work.processes import Processes
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.work.diagrams import faults_drawn
from commands.work.effects import SHAPES

# --- commands


class PublishFlow(Command, frozen=True, kw_only=True):
    """Publish a flow: new tickets of its kind go by it from now on, those that are open keep the version they have.

    Who publishes it must hold the permissions that the flow names in `may`, for its actions are done by its authority.
    """

    flow: Flow


class WithdrawFlow(Command, frozen=True, kw_only=True):
    """Open no more tickets of a kind; those that are open go on."""

    kind: str


# --- handlers


def flow_stream(kind: str) -> str:
    return f"flow/{kind}"


def load_flows(transaction: Transaction, kind: str) -> tuple[Flows | None, int]:
    """The versions of a flow, and the version of its stream."""
    return transaction.load(flow_stream(kind), apply_flow)


def load_flow(transaction: Transaction, kind: str, version: int) -> Flow:
    """A version of a flow, as a ticket keeps it. What was published never changes."""
    flows = transaction.remembered(flow_stream(kind), apply_flow)
    if flows is None or flows.newest < version:
        flows, _ = load_flows(transaction, kind)
        assert flows is not None
    return flows.version(version)


def handle_publish_flow(command: PublishFlow, transaction: Transaction, origin: Origin) -> Decision:
    flow = command.flow
    faults = [*faults_of_whole(flow, transaction.processes()), *_faults_of_children(flow, transaction)]
    if faults:
        raise InvalidValue("; ".join(f"{place_text(fault)}: {fault.reason}" for fault in faults), field="flow",
                           value=flow.kind)  # fmt: skip
    known, version = load_flows(transaction, flow.kind)
    events = publish_flow(known, flow, origin.today)
    newest = (known.newest if known else 0) + len(events)
    return Decision((Append(flow_stream(flow.kind), version, events),), {"version": newest})


def faults_of_whole(flow: Flow, processes: Processes) -> list[Fault]:
    """All faults of a flow and of its diagram."""
    return [*faults_of(flow, SHAPES), *faults_drawn(flow, processes)]


def _faults_of_children(flow: Flow, transaction: Transaction) -> list[Fault]:
    """Children are opened by flows that are published; a flow may open tickets of its own kind."""
    faults = []
    for place, action in actions_of(flow):
        if isinstance(action, OpenChild) and action.kind != flow.kind:
            known, _ = load_flows(transaction, action.kind)
            if known is None or known.is_withdrawn:
                faults.append(Fault((*place, "kind"), f"no flow {action.kind!r} is published"))
    return faults


def place_text(fault: Fault) -> str:
    """`steps[2].moves[0].to`."""
    text = ""
    for part in fault.place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def handle_withdraw_flow(command: WithdrawFlow, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_flows(transaction, command.kind)
    if known is None:
        raise NotFound(
            "no flow of this kind is published; `billing work flows` lists them", field="kind", value=command.kind
        )
    return Decision((Append(flow_stream(command.kind), version, withdraw_flow(known, origin.today)),))


HANDLERS: Handlers = {PublishFlow: handle_publish_flow, WithdrawFlow: handle_withdraw_flow}
CONCERNS: Concerns = {PublishFlow: HOUSE, WithdrawFlow: HOUSE}
