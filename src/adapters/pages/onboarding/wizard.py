"""The wizard for a new customer: each step is checked as far as it goes, the last one shows what will happen.

GET                     the first step
POST do=next            the step after this one, if what was typed until here would be taken
POST do=to:STEP         another step as it was left, whatever stands in this one
POST do=without         the step after this one, without this one
POST do=another         the services with a further one
POST do=drop:PLACE      the services without one of them
POST do=check           the warnings, while it is typed
POST do=confirm         everything is done as one piece of work, if its effect is still the one that was shown
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.door.door import Done
from adapters.pages.form_pages import CHECK, CONFIRM, REFUSED, fingerprint
from adapters.pages.forms import Effect
from adapters.pages.onboarding.filled import CHECK_STEP, PATH, Wizard
from adapters.pages.onboarding.foreseen import effect_of
from adapters.pages.onboarding.parts import Part, lines, parts_of, titled
from adapters.pages.onboarding.steps import MOST_SERVICES
from adapters.pages.page import N_, Shown
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.visit import Visit
from billing_core.confirmation import ConfirmationNeeded
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.parties import RegisterCustomer
from commands.platform.identity import new_id

TEMPLATE = "onboarding/wizard.html"
TO, WITHOUT = "to:", "without"
ANOTHER, DROP = "another", "drop:"
DONE = N_("The customer is registered.")


def show(visit: Visit) -> Shown:
    """The first step."""
    _require_allowed(visit)
    return _shown(Wizard(visit), key=str(new_id()))


def receive(visit: Visit) -> Shown | Response:
    """What was sent of a step."""
    _require_allowed(visit)
    wizard, do = Wizard(visit), visit.first("do")
    if do == CHECK:
        return _shown(wizard, warnings=_warnings(wizard))
    if _has_gone(wizard, do):
        return _step(wizard)
    try:
        if wizard.at == CHECK_STEP:
            return _last(wizard, is_confirmed=do == CONFIRM)
        visit.carry_out(wizard.command, wizard.words(wizard.at), dry_run=True)
        wizard.go_on()
        return _last(wizard) if wizard.at == CHECK_STEP else _shown(wizard)
    except (NotSignedIn, NotPermitted):
        raise
    except (BillingError, ValidationError) as error:
        return _refused(wizard, error)


def _require_allowed(visit: Visit) -> None:
    if not visit.may(RegisterCustomer):
        visit.refuse(RegisterCustomer)


def _has_gone(wizard: Wizard, do: str) -> bool:
    """Whether a button shows another step or another number of services, whatever was typed."""
    if do == WITHOUT:
        wizard.leave_out()
    elif do == ANOTHER:
        wizard.add_service()
    elif do.startswith(DROP):
        wizard.drop_service(do.removeprefix(DROP))
    elif do.startswith(TO):
        wizard.go(do.removeprefix(TO))
    else:
        return False
    return True


def _step(wizard: Wizard) -> Shown | Response:
    """The step to which it went."""
    if wizard.at != CHECK_STEP:
        return _shown(wizard)
    try:
        return _last(wizard)
    except (NotSignedIn, NotPermitted):
        raise
    except (BillingError, ValidationError) as error:
        return _refused(wizard, error)


def _last(wizard: Wizard, *, is_confirmed: bool = False) -> Shown | Response:
    """What will happen; or done, if that was shown and is still so."""
    visit, words = wizard.visit, wizard.words()
    key = visit.first("_key")
    rehearsed = visit.carry_out(wizard.command, words, key=key, dry_run=True)
    if is_confirmed and rehearsed.is_repeated:
        return _done(visit, words, rehearsed)
    warnings = rehearsed.result.get("warnings", ())
    effect = effect_of(visit, words)
    shown = fingerprint(effect)
    if not is_confirmed or visit.first("_effect") != shown:
        is_other = is_confirmed and visit.first("_effect") not in ("", shown)
        return _shown(wizard, effect=effect, is_other=is_other, warnings=warnings)
    return _done(visit, words, visit.carry_out(wizard.command, words, key=key))


def _done(visit: Visit, words: Mapping[str, Any], done: Done) -> Response:
    """The contract to be signed, else the card of the customer."""
    contract = done.result.get("contract", "")
    address = f"/contracts/{contract}" if contract else f"/customers/{words['number']}"
    response: Response = RedirectResponse(address, 303)
    if visit.is_part:
        response = Response(headers={"HX-Redirect": address})
    put_notice(response, Notice(visit.translated(DONE), done.position, ""), visit.request)
    return response


def _warnings(wizard: Wizard) -> Sequence[str]:
    """The warnings about what was typed until here; none while it is not complete."""
    try:
        done = wizard.visit.carry_out(wizard.command, wizard.words(wizard.at), dry_run=True)
    except (BillingError, ValidationError):
        return ()
    found: Sequence[str] = done.result.get("warnings", ())
    return found


def _refused(wizard: Wizard, error: BillingError | ValidationError) -> Shown:
    faults = wizard.faults(error, wizard.words(wizard.at))
    return _shown(wizard, faults=faults, is_asked=isinstance(error, ConfirmationNeeded))


def _shown(
    wizard: Wizard, *, faults: Mapping[str, str] = {}, warnings: Sequence[str] = (), effect: Effect | None = None,
    is_other: bool = False, is_asked: bool = False, key: str = "",
) -> Shown:  # fmt: skip
    visit = wizard.visit
    parts = parts_of(wizard.values(wizard.at), visit)
    shown = {
        "wizard": wizard, "step": wizard.step(wizard.at), "parted": parts, "fields": titled(parts, visit),
        "before": {} if parts else _before(wizard), "lines": lines, "may_add": len(parts) < MOST_SERVICES,
        "faults": faults, "warnings": warnings, "effect": effect, "is_other": is_other, "is_asked": is_asked,
        "path": PATH, "fingerprint": fingerprint(effect) if effect else "", "key": key or visit.first("_key"),
    }  # fmt: skip
    return Shown(TEMPLATE, shown, REFUSED if faults else 200)


def _before(wizard: Wizard) -> dict[str, list[Part]]:
    """What every step says, for the last one."""
    return {step.code: parts_of(wizard.values(step.code), wizard.visit) for step in wizard.steps}
