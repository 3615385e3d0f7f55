"""All services of this installation: ringup's own, and those that other packages offer by entry points.

A package offers a service with these lines in its pyproject.toml:

    [project.entry-points."ringup.services"]
    weather = "weather_for_phones:weather"
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from ringup.pages.services.service import Service

GROUP = "ringup.services"
"""The group of entry points in which packages offer services."""


def services(
    own: Iterable[Service],
    on_fault: Callable[[str], None],
    found: Iterable[EntryPoint] | None = None,
) -> Mapping[str, Service]:
    """Return all services by name.

    A service that cannot be loaded, or whose name is already used, is reported and left out. `found` are the
    entry points of other packages; None stands for those that are installed.
    """
    by_name = {each.name: each for each in own}
    for point in sorted(entry_points(group=GROUP) if found is None else found, key=lambda each: each.name):
        try:
            loaded = point.load()
        except Exception as error:  # code of another package may raise anything
            on_fault(f"the service {point.name} ({point.value}) cannot be loaded: {error!r}")
            continue
        if not isinstance(loaded, Service):
            on_fault(f"the service {point.name} ({point.value}) is not made by @service")
        elif loaded.name in by_name:
            on_fault(f"the service {point.name} ({point.value}) is left out: {loaded.name} is taken")
        else:
            by_name[loaded.name] = loaded
    return by_name
