"""Make the site's records from the values that an imported folder's phones share.

They are the PBX, the firmware, the clock and the dial plan.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ringup.adoption.lines import PbxAccount
from ringup.adoption.tree import Tree
from ringup.adoption.values import canonical, hours_east
from ringup.dial.pattern import Template
from ringup.errors import Problem
from ringup.phone.clock import clock_settings
from ringup.phone.firmware import check_load
from ringup.phone.parameters import UNPROVISIONED
from ringup.site.model import DialRule, Site
from ringup.site.zones import inhabited_zones, posix_rule

CLOCK = "time_zone"
WELL_KNOWN = (
    "Etc/UTC", "Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "Asia/Tokyo", "Asia/Singapore", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip
"""Time zones to try first: many zones have the same clock, and these are the names that people know."""

_NO_ADDRESS = ("", UNPROVISIONED, "0.0.0.0", "USECALLMANAGER")


def site_records(tree: Tree, base: Site, accounts: Mapping[str, PbxAccount], notes: list[Problem]) -> Site:
    """Return `base` with the values that most of the folder's phones get."""
    site = base
    for field, value in (
        ("load", _load(tree, notes)),
        ("ntp_server", _address(tree.common("sntp_server"))),
        ("sync", tree.common("sync")),
        ("time_zone", _time_zone(tree, notes)),
        ("rings", tree.rings),
        ("other_loads", dict(tree.xml.others)),
    ):
        site = _with(site, field, value)
    for field, value in (
        ("address", _address(tree.common("proxy1_address"))),
        ("port", tree.common("proxy1_port")),
        ("driver", _driver(accounts)),
    ):
        pbx = _with(site.pbx, field, value)
        site = site.model_copy(update={"pbx": pbx})
    return site


def _with(record: Any, field: str, value: object) -> Any:
    """Return the record with this value in the field; an invalid value leaves the record unchanged."""
    if not value:
        return record
    try:
        return type(record).model_validate({**dict(record), field: value})
    except ValidationError:
        return record


def _address(text: str) -> str:
    return "" if text.upper() in _NO_ADDRESS else text


def _driver(accounts: Mapping[str, PbxAccount]) -> str:
    counted = Counter(account.driver for account in accounts.values())
    return counted.most_common(1)[0][0] if counted else ""


def _load(tree: Tree, notes: list[Problem]) -> str:
    """Return the load that the phones' files name; if they name none, the load in XMLDefault.cnf.xml."""
    wanted = tree.common("image_version")
    if wanted not in ("", UNPROVISIONED) and (fault := check_load(wanted)) is not None:
        cure = "It is kept unchanged, so no phone finds it; unset it later."
        notes.append(Problem("image_version", str(fault), cure))
    for load in (wanted, *tree.xml.ours):
        if load and check_load(load) is None:
            break
    else:
        load = ""
    for other in tree.xml.ours:
        if load and other != load:
            cure = "From now on, both name the same load."
            notes.append(
                Problem("XMLDefault.cnf.xml", f"names {other}, but the phones' files name {load}.", cure)
            )
    if not load and tree.phones:
        what = "the folder names no usable firmware, and ringup always names a load."
        notes.append(Problem("image_version", what, "Check the site's load before phones start."))
    return load


def _time_zone(tree: Tree, notes: list[Problem]) -> str:
    """Return a time zone that has the same clock as the folder's phones.

    If no zone has the same clock, the result is empty, and the phones keep the folder's own clock parameters.
    """
    names = [name for name in _clock_names(tree) if tree.common(name)]
    if CLOCK not in names:
        return ""
    written = {name: _comparable(name, tree.common(name)) for name in names}
    fitting = [
        zone for zone in dict.fromkeys((*WELL_KNOWN, *sorted(inhabited_zones()))) if _fits(zone, written)
    ]
    if not fitting:
        what = f"no zone has the clock of the phones ({tree.common(CLOCK)}): its rule may be outdated."
        cure = "It was kept unchanged. For today's rule, unset the forced dst_* and set the site's time_zone."
        notes.append(Problem("time_zone", what, cure))
        return ""
    if len(fitting) > 1:
        what = f"{fitting[0]} is one of {len(fitting)} zones with this clock."
        notes.append(
            Problem("time_zone", what, "Change it if yours is another one: ringup site set time_zone=…")
        )
    return fitting[0]


def _clock_names(tree: Tree) -> list[str]:
    keys = {name for values in (tree.defaults, *tree.phones.values()) for name in values}
    return sorted(name for name in keys if name == CLOCK or name.startswith("dst_"))


def _comparable(name: str, value: str) -> str:
    text = canonical(name, value)
    return hours_east(text) if name == CLOCK else text


def _fits(zone: str, written: Mapping[str, str]) -> bool:
    try:
        settings = clock_settings(posix_rule(zone))
    except ValueError:
        return False
    if written.get("dst_auto_adjust") == "0":
        written = {name: written[name] for name in (CLOCK, "dst_auto_adjust")}
    ours = {name: _comparable(name, value) for name, value in settings.items()}
    return all(ours.get(name) == value for name, value in written.items())


def dial_rules(tree: Tree, notes: list[Problem]) -> tuple[DialRule, ...]:
    """Return the rules of the dial template that most phones use."""
    if not tree.templates:
        return ()
    name = tree.common("dial_template")
    name = name if name in tree.templates else next(iter(tree.templates))
    for other in tree.templates:
        if other != name and tree.templates[other].used != tree.templates[name].used:
            notes.append(
                Problem(f"{other}.xml", f"a site has one dial plan, and most phones use {name}.xml.", "")
            )
    rules = [(template, _rule(template)) for template in tree.templates[name].used]
    for template, rule in rules:
        if rule is None:
            what = (
                f"the rule {template.match!r} has a LINE, several TONEs or no MATCH, "
                "which a dial rule cannot express."
            )
            notes.append(Problem(f"{name}.xml:{template.at}", what, "It was left out."))
    return tuple(rule for _, rule in rules if rule is not None)


def _rule(template: Template) -> DialRule | None:
    if template.line or len(template.tones) > 1:
        return None
    try:
        return DialRule.model_validate(
            {
                "match": template.match,
                "timeout": template.timeout,
                "rewrite": template.rewrite,
                "user": {"phone": "Phone", "ip": "IP"}.get(template.user, ""),
                "route": "" if template.route == "default" else template.route,
                "tone": "".join(template.tones),
            }
        )
    except ValidationError:
        return None
