"""A service: a function from a caller and typed inputs to a page.

    @service("Weather")
    def weather(caller: Caller, city: str) -> Text:
        return Text(f"In {city} the sun shines.", "Weather")

The parameters after the caller are the inputs. If an input without a default is missing from the request, the
phone shows a form for it. If an input does not fit its type, the phone shows the form again, with a remark.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import StringConstraints, TypeAdapter, ValidationError

from ringup.pages.answers import Shown
from ringup.pages.objects.limits import INPUT_ITEMS
from ringup.pages.objects.values import Input, InputItem, InputKind
from ringup.pages.services.caller import Caller, KnownCaller

Telephone = Annotated[str, InputKind.TELEPHONE, StringConstraints(pattern=r"^[0-9*#+]*$")]
"""The type of an input of digits, * and #."""
Pin = Annotated[str, InputKind.NUMBER, StringConstraints(pattern=r"^[0-9]*$"), "password"]
"""The type of an input of digits that the phone shows as asterisks."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_OF_THE_PHONE = ("name", "locale")
"""Parameters that later models append to any URL (P-XML-29)."""
_MISSING = inspect.Parameter.empty
LONGEST_VALUE = 128
"""Maximum number of characters of an input; further characters are cut off."""


@dataclass(frozen=True, slots=True)
class Field:
    """One typed input of a service."""

    name: str
    adapter: TypeAdapter[Any]
    item: InputItem
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A function behind an entry of the Services menu."""

    name: str
    """The name in the URL: lower-case letters, digits and dashes."""
    title: str
    """The title in the menu."""
    run: Callable[..., Shown]
    fields: tuple[Field, ...]
    is_listed: bool = True
    """True if the menu contains the service; otherwise only links in other pages lead to it."""
    is_for_known: bool = False
    """True if the function takes a `KnownCaller`; any other host then gets a page with one sentence."""
    is_for_named: bool = False
    """True if only phones whose setting `services` names the service may use it."""

    def __call__(self, caller: Caller, **inputs: object) -> Shown:
        """Return the service's page for these inputs."""
        return self.run(caller, **inputs)


def service(
    title: str, *, name: str = "", listed: bool = True, for_named: bool = False
) -> Callable[[Callable[..., Shown]], Service]:
    """Make a service of a function; without `name`, the service has the function's name.

    `listed` False: only links in other pages lead to the service. `for_named`: only phones whose `services`
    setting names the service may use it, like an operator's.

    Raises TypeError if the function takes no caller, or more inputs than a form has fields. Raises ValueError
    if the name is not valid in a URL.
    """

    def made(function: Callable[..., Shown]) -> Service:
        called = name or function.__name__.replace("_", "-")
        if not _NAME.fullmatch(called):
            raise ValueError(f"the name of a service is of a-z, 0-9 and -, at most 32 characters: {called!r}")
        (first, *inputs), hints = _signature(function)
        is_for_known = hints.get(first.name) is KnownCaller
        fields = tuple(_field(each, hints.get(each.name, str)) for each in inputs)
        return Service(called, title, function, fields, listed, is_for_known, for_named)

    return made


def _signature(function: Callable[..., Shown]) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    parameters = list(inspect.signature(function).parameters.values())
    if not 1 <= len(parameters) <= 1 + INPUT_ITEMS:
        raise TypeError(f"a service takes the caller, and at most {INPUT_ITEMS} inputs")
    if taken := [each.name for each in parameters if each.name in _OF_THE_PHONE]:
        raise TypeError(f"phones append {' and '.join(taken)} to a URL by themselves: choose another name")
    return parameters, get_type_hints(function, include_extras=True)


def _field(parameter: inspect.Parameter, hint: Any) -> Field:
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    bare = get_args(hint)[0] if extras else hint
    kind = next((extra for extra in extras if isinstance(extra, InputKind)), None)
    kind = kind or (InputKind.NUMBER if bare is int else InputKind.ANY)
    title = parameter.name.replace("_", " ").capitalize()
    item = InputItem(title, parameter.name, kind, "", "password" in extras)
    return Field(parameter.name, TypeAdapter(hint), item, parameter.default is _MISSING)


def call(called: Service, caller: Caller, query: Mapping[str, str]) -> Shown:
    """Return the page of a service, or the form for its inputs; an exception in the service is raised
    again.
    """
    inputs: dict[str, Any] = {}
    for each in called.fields:
        if each.name not in query:
            if each.is_needed:
                return form(called, caller, query)
            continue
        try:
            inputs[each.name] = each.adapter.validate_python(query[each.name][:LONGEST_VALUE])
        except ValidationError:
            if each.is_needed:
                return form(called, caller, query, _not_valid(caller, each))
            # The form does not contain this input, so its default is used.
    return called.run(caller, **inputs)


def _not_valid(caller: Caller, field: Field) -> str:
    return caller.say("{field}: not valid", field=caller.say(field.item.name))


def form(called: Service, caller: Caller, query: Mapping[str, str], prompt: str = "") -> Input:
    """Return the form for the inputs without a default; texts that were already typed are filled in."""
    needed = [each.item for each in called.fields if each.is_needed]
    given = {
        each.name: query[each.name] for each in called.fields if not each.is_needed and each.name in query
    }
    items = [
        replace(
            item,
            name=caller.say(item.name),
            default="" if item.is_password else query.get(item.parameter, ""),
        )
        for item in needed
    ]
    return Input(caller.url(f"service/{called.name}", **given), items, caller.say(called.title), prompt)
