"""Plan a rollout or its reversal: each phone's loads and wave, or why the phone does not take part."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ringup.errors import Problem, SiteErrors
from ringup.journey.record import Journey
from ringup.phone.firmware import protocol_of
from ringup.phone.firmware_release import release
from ringup.phone.upgrade_path import SCCP_WITHOUT_LOADER, Path, find_path
from ringup.rollout.record import (
    GROUP,
    SITE,
    PhoneStep,
    Rollout,
    RolloutPhone,
)
from ringup.rollout.waves import wave_numbers
from ringup.rollout.window import window
from ringup.site.model import Phone, Site

ALREADY = "it runs {load} already"
UNREGISTERED = "it is not registered, so Asterisk cannot restart it"
STATIC = (
    "its address is not from ringup's DHCP, and a new loader removes a static address (P-PATH-22). "
    "Set it to DHCP, or add --also-static"
)
OTHER_PROTOCOL = "its record says {protocol}. Change that first: ringup phone set {mac} protocol={wanted}"
BY_HAND = "it needs the loader first, by hand: ringup firmware path {start} {load}"
NO_MANAGER = Problem(
    "pbx",
    "names no manager user, which ringup needs to restart phones.",
    "Make one, as root: ringup pbx install --yes",
)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The facts that a plan needs besides the site's records."""

    journeys: Mapping[str, Journey] = field(default_factory=dict)
    """Each phone's journey (boot progress), by MAC."""
    leased: Collection[str] = ()
    """MACs of the phones that have an address from ringup's DHCP server."""
    problems: Callable[[str], Sequence[Problem]] = lambda _load: ()
    """Returns the problems that keep phones from taking a load."""

    def journey(self, mac: str) -> Journey:
        """Return the phone's journey; an empty journey if the phone was never seen."""
        return self.journeys.get(mac) or Journey(mac)


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """The options of `ringup rollout start`."""

    at_most: int = 10
    canary: int = 1
    window: str = ""
    wait: float = 600.0
    also_static: bool = False
    """True if phones with a static address take part."""


def plan_rollout(
    site: Site, load: str, phones: Sequence[Phone], scope: str, facts: PlanFacts, options: RolloutOptions
) -> Rollout:
    """Return the rollout of a load to these phones, in this order; raises SiteErrors with all problems.

    `scope` has the form of `Rollout.scope`.
    """
    target = release(load).load
    planned = [_planned(site, phone, target, facts, options, _own_end(scope, target)) for phone in phones]
    _check(site, planned, facts, options, [target])
    return Rollout(
        target,
        _in_waves(planned, options),
        scope=scope,
        scope_load=target if scope else "",
        scope_was=_load_of_scope(site, scope, target),
        at_most=options.at_most,
        canary=options.canary,
        window=options.window,
        wait=options.wait,
    )


def plan_back(site: Site, rollout: Rollout, facts: PlanFacts, options: RolloutOptions) -> Rollout:
    """Return the rollout that gives the phones of `rollout` their earlier loads; raises SiteErrors with all
    problems.
    """
    touched = [each for each in rollout.phones if _has_begun(each)]
    if not touched:
        what = f"no phone of rollout {rollout.id} took a load."
        raise SiteErrors([Problem("rollout", what, "There is nothing to take back.")])
    records = {phone.mac: phone for phone in site.phones}
    planned = [
        _planned(site, records[each.mac], each.was, facts, options, each.own_was)
        for each in touched
        if each.mac in records
    ]
    _check(site, planned, facts, options, [])
    return Rollout(
        planned[0].loads[-1],
        _in_waves(planned, options),
        scope=rollout.scope,
        scope_load=rollout.scope_was,
        scope_was=_load_of_scope(site, rollout.scope, rollout.load),
        at_most=options.at_most,
        canary=options.canary,
        window=options.window,
        wait=options.wait,
        back_from=rollout.id,
    )


def _has_begun(phone: RolloutPhone) -> bool:
    return bool(phone.offered_at) and phone.step is not PhoneStep.WAITING


def _own_end(scope: str, load: str) -> str:
    return "" if scope else load


def _load_of_scope(site: Site, scope: str, load: str) -> str:
    """Return the load that the record of this scope (the site or a group) has now."""
    if scope == SITE:
        return site.load if protocol_of(load) == "SIP" else site.sccp_load
    group = site.group(scope.removeprefix(GROUP)) if scope else None
    return group.load if group else ""


def _planned(
    site: Site, phone: Phone, load: str, facts: PlanFacts, options: RolloutOptions, own_end: str
) -> RolloutPhone:
    journey, was = facts.journey(phone.mac), site.load_of(phone)
    loads, reason = _ladder(journey.firmware_asked or was, load)
    new = RolloutPhone(phone.mac, 0, loads, was, own_was=phone.load, own_end=own_end)
    if was == load == journey.firmware_asked:
        return new.at(PhoneStep.DONE, 0.0, ALREADY.format(load=load))
    reason = reason or _left(site, phone, load, journey, facts, options)
    return new.at(PhoneStep.LEFT, 0.0, reason) if reason else new


def _ladder(start: str, load: str) -> tuple[tuple[str, ...], str]:
    """Return the loads of the upgrade path, one after the other.

    If a phone cannot take this path by itself, return the load alone, and the reason.
    """
    try:
        path = find_path(release(start), release(load))
    except SiteErrors as error:
        return (load,), error.problems[0].what
    if not path.exists:
        return (load,), path.reason
    if _needs_hands(path):
        return (load,), BY_HAND.format(start=start, load=load)
    return tuple(hop.end.load for hop in path.hops) or (load,), ""


def _needs_hands(path: Path) -> bool:
    """Return whether an operator has to change XMLDefault.cnf.xml, which all phones read, twice during one
    hop.
    """
    return any(hop.rule.method in SCCP_WITHOUT_LOADER for hop in path.hops)


def _left(
    site: Site, phone: Phone, load: str, journey: Journey, facts: PlanFacts, options: RolloutOptions
) -> str:
    """Return the reason why a phone does not take part; empty if it takes part."""
    speaks, wanted = site.protocol_of(phone), (protocol_of(load) or "").lower()
    if speaks != wanted:
        return OTHER_PROTOCOL.format(protocol=speaks.upper(), mac=phone.mac, wanted=wanted)
    if not journey.registered:
        return UNREGISTERED
    if site.subnets and phone.mac not in facts.leased and not options.also_static:
        return STATIC
    return ""


def _check(
    site: Site,
    planned: Sequence[RolloutPhone],
    facts: PlanFacts,
    options: RolloutOptions,
    wanted: Sequence[str],
) -> None:
    """Raise SiteErrors if the rollout cannot begin; the firmware of the loads in `wanted` must exist in any
    case.
    """
    problems: list[Problem] = []
    if options.window:
        try:
            window(options.window)
        except SiteErrors as error:
            problems += error.problems
    if not site.pbx.manager_user:
        problems.append(NO_MANAGER)
    taking = [phone for phone in planned if phone.step is PhoneStep.WAITING]
    loads = dict.fromkeys((*wanted, *(load for phone in taking for load in phone.loads)))
    problems += [problem for load in loads for problem in facts.problems(load)]
    if not taking:
        problems.append(_nobody(planned))
    if problems:
        raise SiteErrors(problems)


def _nobody(planned: Sequence[RolloutPhone]) -> Problem:
    reasons = dict.fromkeys(f"{phone.mac}: {phone.reason}" for phone in planned[:5])
    return Problem("rollout", "no phone can take part.", "; ".join(reasons) or "Choose other phones.")


def _in_waves(planned: Sequence[RolloutPhone], options: RolloutOptions) -> tuple[RolloutPhone, ...]:
    """Return the phones sorted by wave; phones that do not take part come last."""
    taking = [phone for phone in planned if phone.step is PhoneStep.WAITING]
    numbers = wave_numbers(len(taking), options.canary, options.at_most)
    in_order = (replace(phone, wave=number) for phone, number in zip(taking, numbers, strict=True))
    return (*in_order, *(phone for phone in planned if phone.step is not PhoneStep.WAITING))
