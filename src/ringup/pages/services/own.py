"""ringup's own services, in the order of the menu."""

from collections.abc import Mapping

from ringup.pages.objects.values import Image, Text
from ringup.pages.services.call_lists import call_lists, calls_of
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.directory import directory, directory_names, directory_own, directory_search
from ringup.pages.services.features import do_not_disturb, forward, forward_to
from ringup.pages.services.fleet import fleet, fleet_phone
from ringup.pages.services.hot_desk import hot_desk, hot_desk_back, hot_desk_here
from ringup.pages.services.messages import messages, messages_mark
from ringup.pages.services.service import Service, service
from ringup.pages.services.talking import parked, talking
from ringup.phone.logo import pixels_of


@service("This phone")
def this_phone(caller: KnownCaller) -> Text:
    """Show the lines, the model and the address of the phone."""
    rows = [f"{line.extension} {line.name}".rstrip() for line in caller.phone.lines]
    return Text(
        "\n".join([*rows, f"{caller.phone.model}, {caller.phone.mac}", caller.request.address]),
        caller.say("This phone"),
    )


@service("Logo", for_named=True)
def logo(caller: KnownCaller) -> Image | Text:
    """Show the site's logo as the phones do, for an administrator who has set another one.

    A phone fetches its logo only when it starts (P-LOGO-1).
    """
    rows = pixels_of(caller.sources.logo())
    return Image(rows, "Logo") if rows else Text(caller.say("The site has no logo."), "Logo")


_IN_MENU = (directory, messages, call_lists, forward, talking, parked, this_phone, hot_desk, fleet, logo)
_BEHIND = (
    directory_search,
    directory_names,
    directory_own,
    messages_mark,
    calls_of,
    forward_to,
    do_not_disturb,
    hot_desk_here,
    hot_desk_back,
    fleet_phone,
)
OWN: Mapping[str, Service] = {each.name: each for each in (*_IN_MENU, *_BEHIND)}
"""The services by their names."""
