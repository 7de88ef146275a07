"""Parameters of a tariff: data that the service needs in addition to its price, fixed for all or required of each
subscriber.

A speed of 100 Mbit/s is fixed in the tariff; the name of a user is asked of each subscriber. They cost nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.repetitions import first_repeated
from billing_core.parties.details import require_printable, require_text


class Parameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Fixed if it has a `value`; else required of the subscriber, unless it is optional."""

    code: str
    name: str = ""
    value: str | None = None
    is_optional: bool = False


def require_parameters(parameters: Sequence[Parameter], place: str) -> None:
    """Each code once; what is fixed has a value that can be shown."""
    if twice := first_repeated(parameter.code for parameter in parameters):
        raise InvalidValue("stands twice in the tariff", field=f"{place}, parameter", value=twice[1])
    for parameter in parameters:
        require_text(parameter.code, f"{place}, parameter code")
        field = f"{place}, parameter {parameter.code}"
        require_printable(parameter.name, f"{field}, name")
        if parameter.value is None:
            continue
        require_text(parameter.value, f"{field}, value")
        if parameter.is_optional:
            raise InvalidValue("is fixed in the tariff, so it cannot be optional", field=field)


def require_given(
    parameters: Sequence[Parameter], given: Mapping[str, str], tariff: str, said_before: Collection[str] = ()
) -> None:
    """All parameters that the tariff requires are supplied, now or before, and none that it fixes or does not know."""
    known = {parameter.code: parameter for parameter in parameters}
    for code, value in given.items():
        parameter = known.get(code)
        if parameter is None:
            asked = ", ".join(each.code for each in parameters if each.value is None) or "nothing"
            raise InvalidValue(f"tariff {tariff} has no such parameter; it asks for {asked}", field="parameter",
                               value=code)  # fmt: skip
        if parameter.value is not None:
            raise InvalidValue(f"is fixed in tariff {tariff} as {parameter.value!r}; leave it out",
                               field="parameter", value=code)  # fmt: skip
        require_text(value, f"parameter {code}")
    for parameter in parameters:
        is_asked = parameter.value is None and not parameter.is_optional
        if is_asked and parameter.code not in given and parameter.code not in said_before:
            raise InvalidValue(f"tariff {tariff} requires it; supply it", field="parameter",
                               value=parameter.code)  # fmt: skip
