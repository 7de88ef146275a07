"""What is filled in of the wizard: carried from step to step in the form itself, so that nothing is kept anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from adapters.pages.filled_in import CONFIRMED, as_typed, faults_of, words_of
from adapters.pages.forms import Choice, Field, Fixed
from adapters.pages.onboarding.steps import (
    MOST_SERVICES,
    SERVICE,
    Step,
    next_service,
    place_of,
    places,
    steps_for,
)
from adapters.pages.visit import Visit
from commands.onboarding import TakeOnCustomer
from commands.parties import RegisterCustomer

PATH = "/customers/new"
CHECK_STEP = "check"
# The step of the first day, which is asked about if it is far ahead: every time that it is typed.
ASKED_AT = SERVICE


class Fields(NamedTuple):
    """Some fields of the wizard, as a form of its command."""

    fields: tuple[Field, ...]
    struct: type
    path: str = PATH
    fixed: Fixed = MappingProxyType({})


class Wizard:
    """The wizard as it was sent: the step, those that were seen before, and those that are left out."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.command: type = TakeOnCustomer if visit.may(TakeOnCustomer) else RegisterCustomer
        self.steps: Sequence[Step] = steps_for(visit, is_whole=self.command is TakeOnCustomer)
        self.codes = [*(step.code for step in self.steps), CHECK_STEP]
        named = visit.first("_step")
        self.at = named if named in self.codes else self.codes[0]
        self.seen = {code for code in visit.first("_seen").split(",") if code in self.codes} | {self.at}
        self.left_out = {code for code in visit.first("_without").split(",") if code in self.codes[1:]}
        self.typed = self._typed()
        self.added = ""
        if not visit.posted:
            self.seen = set()
            self.go(self.at)

    # --- from step to step

    def step(self, code: str) -> Step | None:
        """The step of a code; None for the last one, which has no fields."""
        return next((step for step in self.steps if step.code == code), None)

    def go(self, code: str) -> None:
        """Show a step; one that was not seen before begins with its first values."""
        self.at = code if code in self.codes else self.codes[0]
        if self.at == ASKED_AT:
            self.typed.pop(CONFIRMED, None)
        step = self.step(self.at)
        if step is not None and self.at not in self.seen:
            self.typed |= {name: value for name, value in step.begins(self.visit, self.typed).items() if value}
        self.seen.add(self.at)

    def go_on(self) -> None:
        """The step after this one."""
        self.left_out.discard(self.at)
        self.go(self._after())

    def leave_out(self) -> None:
        """Go on without this step, and without those that need it."""
        step = self.step(self.at)
        if step is not None and step.without:
            self.left_out |= {step.code, *step.need}
        self.go(self._after())

    def add_service(self) -> None:
        """This step with a further service after those that were typed."""
        if len(places(self.typed)) < MOST_SERVICES:
            begun = next_service(self.visit, self.typed)
            self.typed |= begun
            self.added = places(self.typed)[-1]
        self.go(SERVICE)

    def drop_service(self, place: str) -> None:
        """This step without one of its services; those after it move up."""
        known = places(self.typed)
        if place in known and len(known) > 1:
            moved = dict(zip(known[known.index(place) + 1 :], known[known.index(place) :], strict=False))
            others = {name: values for name, values in self.visit.posted.items() if place_of(name) != place}
            self.visit.posted = {_moved(name, moved): values for name, values in others.items()}
            self.typed = self._typed()
        self.go(SERVICE)

    def _typed(self) -> dict[str, Any]:
        return {name: self.visit.first(name) for name in self.visit.posted if not name.startswith("_")}

    def _after(self) -> str:
        following = self.codes[self.codes.index(self.at) + 1 :]
        step = self.step(self.at)
        skipped = step.need if step is not None and step.code in self.left_out else ()
        return next((code for code in following if code not in skipped), CHECK_STEP)

    def before(self) -> str:
        """The code of the step before this one; empty for the first."""
        at = self.codes.index(self.at)
        return self.codes[at - 1] if at else ""

    # --- fields and words

    def fields(self, code: str) -> tuple[Field, ...]:
        """The fields of a step."""
        step = self.step(code)
        return () if step is None else step.fields(self.visit, self.typed)

    def values(self, code: str) -> Iterator[tuple[Field, Any, Sequence[Choice]]]:
        """The fields of a step with their values; the only thing that can be chosen is chosen, if something must be."""
        posted = as_typed(Fields(self.fields(code), self.command), self.visit)
        for field in self.fields(code):
            value = posted[field.name] if field.name in self.visit.posted else self.typed.get(field.name, "")
            choices = field.choices(self.visit) if callable(field.choices) else field.choices
            if field.kind == "choice" and field.is_required and not value and len(choices) == 1:
                value = choices[0].value
            yield field, value, choices

    def carried(self) -> Iterator[tuple[str, str]]:
        """What was typed in other steps, and goes along unseen."""
        here = {field.name for field in self.fields(self.at)}
        for name, value in self.typed.items():
            if name not in here and name != "do" and value not in ("", False):
                yield name, "on" if value is True else value

    def words(self, upto: str = CHECK_STEP) -> dict[str, Any]:
        """The words of the command that the steps up to one give, without those that are left out."""
        until = self.codes[: self.codes.index(upto) + 1]
        chosen = [code for code in until if code not in self.left_out or code == upto]
        fields = tuple(field for code in chosen for field in self.fields(code))
        words = words_of(Fields(fields, self.command), self.visit)
        if "services" in words:
            services = words["services"]
            words["services"] = [services.get(place.partition(".")[2], {}) for place in places(self.typed)]
        return words

    def faults(self, error: Exception, words: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with which field; the step that has the first of them is shown.

        Of several services that is the one whose value a rule names.
        """
        value = str(getattr(error, "value", ""))
        codes = sorted(self.codes, key=lambda code: code != self.at)
        fields = (
            field for code in codes
            for field in sorted(self.fields(code), key=lambda field: self.typed.get(field.name, "") != value)
        )  # fmt: skip
        faults = faults_of(error, Fields(tuple(fields), self.command), words)
        self.at = next((code for code in codes if any(field.name in faults for field in self.fields(code))), self.at)
        return faults


def _moved(name: str, moved: Mapping[str, str]) -> str:
    """The name of a field after its service has moved to another place."""
    place = place_of(name)
    return f"{moved[place]}{name.removeprefix(place)}" if place in moved else name
