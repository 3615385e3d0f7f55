"""ringup's own services, in the order of the menu."""

from collections.abc import Mapping

from ringup.pages.objects.values import Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.directory import directory, directory_names, directory_search
from ringup.pages.services.service import Service, service


@service("This phone")
def this_phone(caller: KnownCaller) -> Text:
    """Show the lines, the model and the address of the phone."""
    rows = [f"{line.extension} {line.name}".rstrip() for line in caller.phone.lines]
    return Text(
        "\n".join([*rows, f"{caller.phone.model}, {caller.phone.mac}", caller.request.address]), "This phone"
    )


OWN: Mapping[str, Service] = {
    each.name: each for each in (directory, this_phone, directory_search, directory_names)
}
"""The services by their names."""
