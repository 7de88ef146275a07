"""The page of a form: shown, previewed, refused, or done.

    GET                          the fields with their values at first
    POST do=check                the same with the warnings that it would have, nothing is done
    POST do=preview              the same with the effect, nothing is done
    POST do=confirm              done, if the effect is still the one that was shown; then the next page

The key that a form carries is the id of its command, so a form that is sent twice is done once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.pages.filled_in import CONFIRMED, Words, as_typed, faults_of, words_of
from adapters.pages.forms import Choice, Effect, Field, Form
from adapters.pages.page import N_, Page, Shown
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.visit import Visit
from billing_core.confirmation import ConfirmationNeeded
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.platform.bus import ChangedSince, Seen
from commands.platform.identity import new_id

TEMPLATE = "frame/form.html"
CONFIRM, CHECK = "confirm", "check"
REFUSED = 422
WAITS = N_("It waits until a second person approves it.")
CHANGED = N_("Somebody else has changed this while you were editing.")
NOT_TYPED = N_("Type {number} to confirm.")


class Meanwhile(NamedTuple):
    """A field that somebody else has changed while it was filled in: the value there is now, and the one typed here."""

    name: str
    label: str
    now: str
    typed: str


def pages_of_form(form: Form) -> tuple[Page, Page]:
    """The page that shows the form, and what it posts to."""
    return (
        Page(form.path, _showing(form), method="GET"),
        Page(form.path, _receiving(form), method="POST"),
    )


def _showing(declared: Form) -> Callable[[Visit], Shown | Response]:
    def show(visit: Visit) -> Shown | Response:
        form = _for(declared, visit)
        begun = dict(form.begins(visit))
        values = begun | {field.name: visit.query[field.name] for field in form.fields if field.name in visit.query}
        seen = form.seen(visit) if form.seen else None
        # Without fields there is nothing to fill in, so the effect is shown at once.
        effect = form.effect(visit, words_of(form, visit)) if form.effect and not form.fields else None
        return _shown(form, visit, values, hidden=_hidden(seen, begun, str(new_id())), effect=effect)

    return show


def _receiving(declared: Form) -> Callable[[Visit], Shown | Response]:
    def receive(visit: Visit) -> Shown | Response:
        form = _for(declared, visit)
        words, key, seen = words_of(form, visit), visit.first("_key"), _seen(visit.first("_seen"))
        hidden = {"key": key, "seen": visit.first("_seen"), "begun": visit.first("_begun")}
        if form.checks and visit.first("do") == CHECK:
            return _shown(form, visit, as_typed(form, visit), hidden=hidden, warnings=_warnings(form, visit, words))
        try:
            _require_number(form, visit)
            if form.adds is not None:
                words = Words(form.adds(visit, words))
            if form.effect is not None:
                effect = form.effect(visit, words)
                shown = fingerprint(effect)
                if visit.first("do") != CONFIRM or visit.first("_effect") != shown:
                    return _shown(form, visit, as_typed(form, visit), hidden=hidden, effect=effect,
                                  is_other=visit.first("_effect") not in ("", shown))  # fmt: skip
            done = visit.carry_out(form.command, words, key=key, seen=seen)
        except ChangedSince:
            return _changed_meanwhile(form, visit, hidden)
        except (NotSignedIn, NotPermitted):
            raise
        except (BillingError, ValidationError) as error:
            faults, is_asked = faults_of(error, form, words), isinstance(error, ConfirmationNeeded)
            hidden |= {"key": visit.first("_key")}
            return _shown(form, visit, as_typed(form, visit), hidden=hidden, faults=faults, is_asked=is_asked)
        if form.fails is not None and not done.is_waiting and (failed := form.fails(visit, done)):
            # What is sent next is another command.
            return _shown(form, visit, as_typed(form, visit), hidden=hidden | {"key": str(new_id())}, faults=failed)
        return _done(form, visit, done)

    return receive


def _warnings(form: Form, visit: Visit, words: Mapping[str, Any]) -> Sequence[str]:
    """The warnings that the command would answer; none while it is not complete."""
    try:
        found: Sequence[str] = visit.carry_out(form.command, words, dry_run=True).result.get("warnings", ())
    except (BillingError, ValidationError):
        return ()
    return found


def _done(form: Form, visit: Visit, done: Any) -> Shown | Response:
    """The next page, which says what was done; one that waits for a second person says so."""
    address = form.then(visit, done)
    text = visit.translated(WAITS) if done.is_waiting else form.done(visit, done)
    undo = form.undo(visit, done) if form.undo and not done.is_waiting else ""
    notice = Notice(text, done.position, undo)
    if form.once is not None and not done.is_waiting:
        shown = {"form": form, "once": form.once(visit, done), "next": address}
        return Shown("frame/once.html", shown, notice=notice)
    if visit.is_part:
        response = Response(headers=_leading_to(address, visit))
    else:
        response = RedirectResponse(address, 303)
    put_notice(response, notice, visit.request)
    return response


def _leading_to(address: str, visit: Visit) -> dict[str, str]:
    """The headers that lead to an address; a browser that is there already would stay as it is for a `#` alone."""
    here, there = urlsplit(visit.request.headers.get("HX-Current-URL", "")), urlsplit(address)
    if (here.path, here.query) == (there.path, there.query):
        return {"HX-Refresh": "true"}
    return {"HX-Redirect": address}


def _shown(
    form: Form, visit: Visit, values: Mapping[str, Any], *, hidden: Mapping[str, str], faults: Mapping[str, str] = {},
    effect: Effect | None = None, is_other: bool = False, is_asked: bool = False, meanwhile: tuple[Meanwhile, ...] = (),
    warnings: Sequence[str] = (),
) -> Shown:  # fmt: skip
    fields = [_filled(field, values.get(field.name, ""), _choices(field, visit)) for field in form.fields]
    about = form.about(visit) if callable(form.about) else form.about
    shown = {
        "form": form, "fields": fields, "hidden": hidden, "faults": faults, "effect": effect, "is_other": is_other,
        "fingerprint": fingerprint(effect) if effect else "", "meanwhile": meanwhile, "about": about,
        "warnings": warnings, "is_asked": is_asked or CONFIRMED in visit.posted,
        "back": form.back(visit), "number": visit.path.get(form.asks_number, ""),
    }  # fmt: skip
    return Shown(TEMPLATE, shown, REFUSED if faults or meanwhile else 200)


def _filled(field: Field, value: Any, choices: Sequence[Choice]) -> tuple[Field, Any, Sequence[Choice]]:
    """A field as it is shown: the only thing that can be chosen is chosen, if something must be."""
    if field.kind == "choice" and field.is_required and not value and len(choices) == 1:
        value = choices[0].value
    return field, value, choices


def _choices(field: Any, visit: Visit) -> Any:
    return field.choices(visit) if callable(field.choices) else field.choices


def fingerprint(effect: Effect) -> str:
    """What was shown, so that nothing else is done than what was confirmed."""
    return hashlib.sha256(msgspec.json.encode(effect)).hexdigest()[:16]


def _hidden(seen: Seen | None, begun: Mapping[str, Any], key: str) -> dict[str, str]:
    return {
        "key": key,
        "seen": f"{seen.stream}@{seen.version}" if seen else "",
        "begun": msgspec.json.encode(dict(begun)).decode() if seen else "",
    }


def _seen(written: str) -> Seen | None:
    stream, _, version = written.rpartition("@")
    return Seen(stream, int(version)) if stream and version.isdecimal() else None


def _changed_meanwhile(form: Form, visit: Visit, hidden: Mapping[str, str]) -> Shown:
    """What is known now, what was typed here kept, and both values of each field that both have changed.

    A field that only the other one changed takes the new value.
    """
    assert form.seen is not None
    now, typed = dict(form.begins(visit)), as_typed(form, visit)
    begun = msgspec.json.decode(hidden["begun"] or "{}", type=dict[str, Any])
    values, both = {}, []
    for field in form.fields:
        name = field.name
        was, here, there = (_same(each.get(name, "")) for each in (begun, typed, now))
        values[name] = now.get(name, "") if here == was else typed.get(name, "")
        if there not in (was, here):
            both.append(Meanwhile(name, field.label, there, here if here != was else ""))
    faults = {} if both else {"": visit.translated(CHANGED)}
    hidden = _hidden(form.seen(visit), now, str(new_id()))
    return _shown(form, visit, values, hidden=hidden, meanwhile=tuple(both), faults=faults)


def _same(value: Any) -> str:
    return str(value).replace("\r\n", "\n").strip()


def _for(form: Form, visit: Visit) -> Form:
    """The form with all its fields, for who may give its command; the command itself is refused by the door, too."""
    if not visit.may(form.command):
        visit.refuse(form.command)
    return form if form.asks is None else form._replace(fields=(*form.fields, *form.asks(visit)))


def _require_number(form: Form, visit: Visit) -> None:
    if form.asks_number and visit.first("_number").strip() != visit.path[form.asks_number]:
        raise BillingError(visit.translated(NOT_TYPED).format(number=visit.path[form.asks_number]))
