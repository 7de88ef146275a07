"""Whatever people and workers do in whatever order, a service is as the completed steps say, each action done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError
from billing_core.work.fields import Field
from billing_core.work.flows import END, Flow, GiveCommand, Move, Step
from billing_core.work.ticket_events import ActionDone, StepCompleted, TicketOpened
from commands.accounts import OpenAccount
from commands.work.actions import OverruleAction, RunNextAction
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep, ContinueTicket
from commands.work.tickets import CloseTicket, ReopenTicket
from tests.commands.work.stories.story import A, Story, by_one_worker, require_each_once
from tests.operators import Operator

SERVICES = "services.change"
FEE = GiveCommand(command="charge-once", fields={"description": "'Fee'", "amount": "'1.00'", "vat_rate": "20"})


def automatic(code: str, to: str, *commands: GiveCommand) -> Step:
    return Step(code=code, by="automatic", do=commands, moves=(Move(to=to),))


# The whole life of a service: begun, paused, resumed, changed, ended.
LIFE = Flow(
    kind="life",
    title="Life of a service",
    queue="office",
    may=(
        f"{SERVICES}.activate-subscription", f"{SERVICES}.hold-subscription", f"{SERVICES}.resume-subscription",
        f"{SERVICES}.change-tariff", f"{SERVICES}.terminate-subscription", "billing.change.charge-once",
    ),
    fields=(Field(code="tariff"),),
    steps=(
        Step(code="off", form=("tariff",), moves=(
            Move(to="starting", resolution="start", do=(FEE,)),
        )),
        automatic("starting", "on", GiveCommand(
            command="activate-subscription", fields={"tariff": "tariff"}, when="subscription.state == none"
        )),
        Step(code="on", form=("tariff",), moves=(
            Move(to="pausing", resolution="pause"),
            Move(to="changing", resolution="change"),
            Move(to="stopping", resolution="stop"),
            Move(to="off", resolution="back", is_back=True),
        )),
        automatic("pausing", "paused", GiveCommand(command="hold-subscription"), FEE),
        Step(code="paused", moves=(
            Move(to="resuming", resolution="resume"),
            Move(to="on", resolution="back", is_back=True, do=(GiveCommand(command="resume-subscription"),)),
        )),
        automatic("resuming", "on", GiveCommand(command="resume-subscription")),
        automatic("changing", "on", FEE, GiveCommand(command="change-tariff", fields={"tariff": "tariff"})),
        automatic("stopping", "stopped", GiveCommand(
            command="terminate-subscription", fields={"reason": "'Enough'", "waive_notice": "true"}
        )),
        Step(code="stopped", moves=(Move(to=END, resolution="end"), Move(to="on", resolution="back", is_back=True))),
    ),
)  # fmt: skip
STATES = {
    "activate-subscription": "active", "hold-subscription": "held", "resume-subscription": "active",
    "terminate-subscription": "ended",
}  # fmt: skip
PERSONS = [step.code for step in LIFE.steps if step.by == "person"]
Act = tuple[str, int]
ACTS = ("move " * 8 + "work " * 6 + "wait wait run run continue retry overrule close close reopen publish").split()


class Life:
    """A ticket of a new account, and all that can be done with it; what is refused changes nothing."""

    def __init__(self, operator: Operator, account: str) -> None:
        self.story = Story(operator, lambda story: None, publishes=False)
        self.account = account
        self._tariffs = ("net", "fast", f"late-{account}")  # the last one is published by an act of its own, if at all
        opened = OpenAccount(account=account, customer=A, seller="north", currency="EUR", opened_on=date(2026, 1, 1))
        operator.tell(opened, today=self.story.today)
        command = OpenTicket(kind="life", subject="Life", account=account, subscription="s")
        self.story.ticket = str(self.story.tell(command)["ticket"])

    def act(self, act: str, choice: int) -> None:
        deeds: dict[str, Callable[[int], None]] = {
            "move": self._move, "wait": self._wait, "work": self._work, "retry": self._retry, "publish": self._publish,
        }  # fmt: skip
        before = self.story.operator.facts(f"ticket/{self.story.ticket}")
        try:
            if act in deeds:
                deeds[act](choice)
            else:
                self._give(act, choice)
        except BillingError:
            assert self.story.operator.facts(f"ticket/{self.story.ticket}") == before

    def _move(self, choice: int) -> None:
        """A move of a step that waits, at times one of a step that does not; a ticket that ended is reopened."""
        if self.story.outcome() and choice % 2:
            self._give("reopen", choice)
            return
        waiting = self.story.steps() if choice % 5 else PERSONS
        step = LIFE.step((waiting or PERSONS)[choice % len(waiting or PERSONS)])
        move = step.moves[choice % len(step.moves)]
        values = {"tariff": self._tariffs[choice % len(self._tariffs)]} if step.form else {}
        self.story.tell(CompleteStep(
            ticket=self.story.ticket, step=step.code, resolution=move.resolution, values=values, reason="why not",
        ))  # fmt: skip

    def _give(self, act: str, choice: int) -> None:
        ticket = self.story.ticket
        self.story.tell({
            "run": RunNextAction(ticket=ticket),
            "continue": ContinueTicket(ticket=ticket),
            "overrule": OverruleAction(ticket=ticket, reason="done by hand"),
            "close": CloseTicket(ticket=ticket, reason="no more"),
            "reopen": ReopenTicket(ticket=ticket, step=PERSONS[choice % len(PERSONS)], reason="once more"),
        }[act])  # fmt: skip

    def _wait(self, choice: int) -> None:
        self.story.today += timedelta(days=choice % 9)

    def _work(self, choice: int) -> None:
        self.story.worker().settle()

    def _retry(self, choice: int) -> None:
        worker = self.story.worker()
        for listed in worker.refused.listed("reaction"):
            worker.retry(listed, "clerk")

    def _publish(self, choice: int) -> None:
        self.story.operator.publish(self._tariffs[-1], "5.00")

    # --- what must hold

    def require_as_completed(self) -> None:
        """The service and the fees are what the actions that were done say, each with the answers of its time."""
        state, tariff, fees, said = "", "", 0, ""
        for fact in self.story.operator.facts(f"ticket/{self.story.ticket}"):
            match fact:
                case TicketOpened() | StepCompleted():
                    said = fact.values.get("tariff", said)
                case ActionDone(name="charge-once"):
                    fees += 1
                case ActionDone(name=name):
                    state = STATES.get(name, state)
                    tariff = said if name in ("activate-subscription", "change-tariff") else tariff
        story = self.story
        assert story.state("s", self.account) == state
        assert story.pending(self.account) == ["1.00"] * fees
        if state not in ("", "ended"):
            assert story.tariff("s", self.account) == tariff
        require_each_once(story.operator, story.ticket)


def test_the_service_is_as_the_completed_steps_say_in_whatever_order_things_happen(operator: Operator) -> None:
    operator.subscriber(A)
    operator.publish("fast", "30.00")
    operator.tell(PublishFlow(flow=LIFE), today=date(2026, 1, 1))
    by_one_worker(Story(operator, by_one_worker, publishes=False))
    lives = iter(range(10_000))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 60)), min_size=12, max_size=30))
    def live(acts: Sequence[Act]) -> None:
        life = Life(operator, f"B{next(lives):04}")
        for act, choice in acts:
            life.act(act, choice)
            life.require_as_completed()
        life.story.worker().settle()
        life.require_as_completed()

    live()
    assert operator.findings() == []
