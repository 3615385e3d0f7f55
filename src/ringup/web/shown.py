"""The filters of the templates: times, durations and numbers for people."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from ringup.fleet.durations import how_long


@pass_context
def moment(context: Context, at: float) -> Markup:
    """Return a time in the operator's zone, with the exact time for machines; a dash for 0."""
    if not at:
        return Markup("–")
    zone: tzinfo | None = context["ask"].web.zone
    local = datetime.fromtimestamp(at, zone)
    today = datetime.now(zone).date()
    text = local.strftime("%H:%M:%S") if local.date() == today else local.strftime("%Y-%m-%d %H:%M")
    exact = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact, local.strftime("%Y-%m-%d %H:%M:%S %Z"), text
    )


def ago(at: float) -> str:
    """Return the time since a moment in its largest unit: ``12 s``, ``3 min``, ``5 h``, ``4 d``."""
    return how_long(time.time() - at) if at else "–"


def plural(count: int, noun: str, many: str = "") -> str:
    """Return ``1 phone`` or ``2 phones``."""
    return f"{count:,} {noun if count == 1 else many or f'{noun}s'}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "ago": ago,
    "plural": plural,
}
