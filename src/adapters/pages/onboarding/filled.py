"""What is filled in of the wizard: carried from step to step in the form itself, so that nothing is kept anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from adapters.pages.filled_in import CONFIRMED, as_typed, faults_of, words_of
from adapters.pages.forms import Choice, Field, Fixed
from adapters.pages.onboarding.steps import Step, steps_for
from adapters.pages.visit import Visit
from commands.onboarding import TakeOnCustomer
from commands.parties import RegisterCustomer

PATH = "/customers/new"
CHECK_STEP = "check"
# The step of the first day, which is asked about if it is far ahead: every time that it is typed.
ASKED_AT = "service"
# The wizard has one service; the command has a list of them.
ONE, FIRST_OF = "service.", "services.0."


class Fields(NamedTuple):
    """Some fields of the wizard, as a form of its command."""

    fields: tuple[Field, ...]
    struct: type
    path: str = PATH
    fixed: Fixed = MappingProxyType({})


class Line(NamedTuple):
    """A field as the last step shows it."""

    label: str
    value: str


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
        self.typed: dict[str, Any] = {name: visit.first(name) for name in visit.posted if not name.startswith("_")}
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
        if "service" in words:
            words["services"] = [words.pop("service")]
        return words

    def faults(self, error: Exception, words: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with which field; the step that has the first of them is shown."""
        codes = sorted(self.codes, key=lambda code: code != self.at)
        named = [
            field._replace(name=field.name.replace(ONE, FIRST_OF, 1) if field.name.startswith(ONE) else field.name)
            for code in codes for field in self.fields(code)
        ]  # fmt: skip
        found = faults_of(error, Fields(tuple(named), self.command), words)
        faults = {name.replace(FIRST_OF, ONE, 1): said for name, said in found.items()}
        self.at = next((code for code in codes if any(field.name in faults for field in self.fields(code))), self.at)
        return faults

    def lines(self, code: str) -> list[Line]:
        """What a step says, for the last one."""
        return [
            Line(field.label, _said(field, value, choices)) for field, value, choices in self.values(code)
            if value not in ("", False)
        ]  # fmt: skip


def _said(field: Field, value: Any, choices: Sequence[Choice]) -> str:
    if value is True:
        return "\N{CHECK MARK}"
    return next((choice.label for choice in choices if choice.value == value), str(value))
