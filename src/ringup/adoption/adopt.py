"""Convert an existing TFTP folder to a site.

Strategy: first, values that have a field in a record go into the records (phones, lines, the PBX, the clock,
the dial plan). Then the site is rendered without any setting. Each value that a phone would then lack becomes
a setting. It becomes a setting of the site if all phones need it, of a group if several phones need it,
otherwise of the phone. Values that the catalogue of parameters refuses get the prefix ``force:``.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from ringup.adoption.lines import PHONE, PbxAccount, lines_of, note_of_secret
from ringup.adoption.records import dial_rules, site_records
from ringup.adoption.tree import ParameterEntry, Tree, Values
from ringup.adoption.values import accepted, effective, overlaid
from ringup.adoption.xml_loads import XML_DEFAULT
from ringup.errors import Problem
from ringup.phone import cnf_text
from ringup.phone.firmware import check_load
from ringup.phone.forced_keys import MARK, check_forced, is_forced, marked, merged
from ringup.phone.latin_letters import latin_bytes
from ringup.phone.parameters import BOUND_TOGETHER, PARAMETERS, check_together
from ringup.render.sip_cnf import DEFAULT_PASSWORD, default_cnf, phone_cnf
from ringup.site.model import Group, Line, Phone, Site
from ringup.site.secret_faults import command_to_set

NOT_A_SETTING = re.compile(r"line\d_(name|authname|password|shortname)|phone_password|dial_template")
"""Parameters that never become settings, because records hold their values.

Dial templates are among them: they are compared by their rules, not by their file names.
"""

MODELS_UNKNOWN = Problem(
    "model",
    "the folder does not show which phones are 7940s, so all are entered as 7960s.",
    "Correct them: ringup phone set MAC --model 7940.",
)
FOLLOWS = "dst_auto_adjust"
LONGEST_GROUP_NAME = 64


@dataclass(frozen=True, slots=True)
class Adoption:
    """The result of an import."""

    site: Site
    notes: tuple[Problem, ...]
    added_phones: tuple[str, ...]
    faulty: tuple[Problem, ...] = ()
    """Passwords that were kept although phones cannot use them."""


def adopt(
    tree: Tree,
    base: Site,
    accounts: Mapping[str, PbxAccount],
    *,
    merge: bool,
    server: str,
    new_secret: Callable[[], str],
) -> Adoption:
    """Add the folder's phones to `base`.

    Without `merge`, the values that most phones share also become values of the site.
    """
    known = {phone.mac for phone in base.phones}
    wanted = {mac: values for mac, values in tree.phones.items() if mac not in known}
    notes = [*_left_as_it_is(tree, base, merge=merge)]
    site = base if merge else site_records(tree, base, accounts, notes)
    extensions = {line.extension: f"phone {phone.mac}" for phone, line in site.lines()}
    if merge:
        extensions[site.pbx.messages] = "the messages key"
    phones = [
        _phone(mac, values, site, lines_of(values, accounts, extensions, new_secret, notes))
        for mac, values in wanted.items()
    ]
    notes += [*_unmatched(accounts, phones), *([MODELS_UNKNOWN] if phones else [])]
    if not merge:
        site = _with_messages(tree, site, extensions)
        site = site.model_copy(update={"dial_rules": dial_rules(tree, notes)})
    bare = Site.model_validate({**dict(site), "phones": (*site.phones, *phones)})
    needs = _needs_of(phones, wanted, bare, server, notes)
    faulty = tuple(_faulty_secrets(wanted, phones))
    return Adoption(_lifted(bare, needs, merge=merge), tuple(notes), tuple(wanted), faulty)


def _left_as_it_is(tree: Tree, base: Site, *, merge: bool) -> Iterator[Problem]:
    """Yield what the site already has and therefore keeps: phones, and in a merge the loads of other
    models.
    """
    for phone in base.phones:
        if phone.mac in tree.phones:
            yield Problem(f"phone {phone.mac}", "is in the site already.", "It stays unchanged in the site.")
    for number, load in tree.xml.others.items() if merge else ():
        if base.other_loads.get(number) != load:
            what = f"names {load} in loadInformation{number}, but the site does not."
            command = f"ringup site set other_loads.{number}={load}"
            cure = f"It was left out, because --merge adds phones only. Add it: {command}"
            yield Problem(XML_DEFAULT, what, cure)


def _needs_of(
    phones: Iterable[Phone], wanted: Mapping[str, Values], site: Site, server: str, notes: list[Problem]
) -> dict[str, dict[str, str]]:
    """Return, by MAC, the parameters that a phone needs and does not get from its record."""
    defaults = default_values(site, server)
    return {
        phone.mac: dict(_needs(wanted[phone.mac], baseline(site, phone, server, defaults), notes))
        for phone in phones
    }


def _faulty_secrets(wanted: Mapping[str, Values], phones: Iterable[Phone]) -> Iterator[Problem]:
    for phone in phones:
        values = wanted[phone.mac]
        secrets = [(PHONE, phone.password, "phone_password")]
        secrets += [
            (f"line {line.extension}", line.secret, f"line{n}_password")
            for n, line in enumerate(phone.lines, 1)
        ]
        for n, (label, secret, key) in enumerate(secrets):
            where = values[key].where if key in values else f"phone {phone.mac}"
            command = command_to_set(phone.mac, n)
            if (note := note_of_secret(label, secret, where, command)) is not None:
                yield note


def baseline(site: Site, phone: Phone, server: str, defaults: Mapping[str, str]) -> dict[str, str]:
    """Return the values that this phone gets from the site.

    A value in the phone's own file replaces the value in the default file.
    """
    return overlaid(defaults, _read(phone_cnf(site, phone, server)))


def default_values(site: Site, server: str) -> dict[str, str]:
    """Return the values that all phones get from SIPDefault.cnf."""
    return _read(default_cnf(site, server))


def _read(text: str) -> dict[str, str]:
    values = cnf_text.read(latin_bytes(text)).values
    return {name: line.value for name, line in values.items()}


def _unmatched(accounts: Mapping[str, PbxAccount], phones: Iterable[Phone]) -> Iterator[Problem]:
    """Yield the lines that have no account in the PBX's files, and the accounts that have no line.

    Yields nothing if no file of the PBX was given.
    """
    lines = {line.extension for phone in phones for line in phone.lines}
    for extension in sorted(lines - accounts.keys()) if accounts else ():
        yield Problem(f"line {extension}", "has no account in the PBX's files.", "ringup makes one.")
    for name in sorted(accounts.keys() - lines):
        what = f"the account {name} belongs to no line of the folder."
        yield Problem(accounts[name].where, what, "It was left out.")


def _phone(mac: str, values: Values, site: Site, lines: tuple[Line, ...]) -> Phone:
    load = values.get("image_version", ParameterEntry("", "")).value
    password = values.get("phone_password", ParameterEntry("", "")).value
    label = values.get("phone_label", ParameterEntry("", "")).value
    fields = {
        "mac": mac,
        "lines": lines,
        "load": load if load != site.load and load and check_load(load) is None else "",
        "label": "" if label == "UNPROVISIONED" else label,
        "password": password if password != DEFAULT_PASSWORD else "",
    }
    try:
        return Phone.model_validate(fields)
    except ValidationError:
        # Only the label is free text, so only the label may hold a control character. The label is then
        # dropped, and the comparison shows the loss.
        return Phone.model_validate({**fields, "label": ""})


def _with_messages(tree: Tree, site: Site, extensions: Mapping[str, str]) -> Site:
    """Return the site with a number for the Messages button that is not also the number of a line."""
    wanted = tree.common("messages_uri")
    free = (number for number in (wanted, site.pbx.messages, "500", "*98", "*97", "*99") if number)
    for number in free:
        try:
            pbx = type(site.pbx).model_validate({**dict(site.pbx), "messages": number})
        except ValidationError:
            continue
        if number not in extensions:
            return site.model_copy(update={"pbx": pbx})
    return site


def _needs(values: Values, given: Mapping[str, str], notes: list[Problem]) -> Iterator[tuple[str, str]]:
    """Yield the settings that the phone needs and does not get from its record."""
    before = effective({name: entry.value for name, entry in values.items()})
    after = effective(given)
    at_odds = _at_odds({name: entry.value for name, entry in values.items()})
    if (
        after.get(FOLLOWS) == "0"
        and FOLLOWS not in accepted(before)
        and any(name.startswith("dst_") for name in before)
    ):
        # Without this parameter, the phone follows the summer-time rule in its files.
        yield MARK + FOLLOWS, PARAMETERS[FOLLOWS].default or "1"
        if before.pop(FOLLOWS, None) is not None:
            what = f"{FOLLOWS} has no effect, as the phone rejects it."
            notes.append(Problem(values[FOLLOWS].where, what, "The phone's default is sent in its place."))
    for name, value in before.items():
        if after.get(name) == value or NOT_A_SETTING.fullmatch(name) or _is_of_lost_line(name, before, after):
            continue
        entry = values.get(name)
        if entry is None:
            continue
        [(kept, text)] = marked({name: entry.value}).items()
        kept = MARK + name if name in at_odds else kept
        if is_forced(kept) and (fault := check_forced(kept, text)) is not None:
            notes.append(Problem(entry.where, str(fault), "It was left out."))
        else:
            yield kept, text


def _is_of_lost_line(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Return whether the parameter belongs to a line that this button no longer has."""
    line, _, part = name.partition("_")
    key = f"{line}_name"
    return bool(part) and key in before and line[:4] == "line" and before[key] != after.get(key)


def _at_odds(values: Mapping[str, str]) -> set[str]:
    """Return the parameters that must stay together.

    They are valid alone but not together, or they would be invalid if only one of them moved to a group or to
    the site.
    """
    own = {name: values[name] for name in BOUND_TOGETHER if name in values}
    alone = {name for name, value in own.items() if check_together({name: value})}
    return alone | (set(own) if check_together(own) else set())


Item = tuple[str, str]


def _lifted(site: Site, needs: Mapping[str, Mapping[str, str]], *, merge: bool) -> Site:
    """Return the site with these settings.

    Each setting goes to the highest level at which it is correct: the site, a group, or a phone.
    """
    shared: set[Item] = set()
    if needs and not merge:
        shared = set.intersection(*(set(own.items()) for own in needs.values()))
    rest = {mac: set(own.items()) - shared for mac, own in needs.items()}
    loads = {phone.mac: phone.load for phone in site.phones if phone.mac in needs and phone.load}
    for mac, load in loads.items():
        rest[mac].add(("load", load))
    groups: list[Group] = []
    member_of: dict[str, str] = {}
    names = {group.name for group in site.groups}
    for items, macs in _clusters(rest):
        settings = dict(sorted(items))
        name = _group_name(settings, names)
        names.add(name)
        groups.append(Group(name=name, load=settings.pop("load", ""), settings=settings))
        for mac in macs:
            member_of[mac] = name
            rest[mac] -= items
    for mac in rest:
        rest[mac].discard(("load", loads.get(mac, "")))
    phones = [_settled(phone, rest.get(phone.mac), member_of.get(phone.mac)) for phone in site.phones]
    settings = merged((site.settings, dict(sorted(shared))))
    by_group = {group.name: group for group in groups}
    phones = [_without_load(phone, by_group.get(phone.group)) for phone in phones]
    return Site.model_validate(
        {**dict(site), "settings": settings, "groups": (*site.groups, *groups), "phones": phones}
    )


def _settled(phone: Phone, own: Iterable[Item] | None, group: str | None) -> Phone:
    if own is None:
        return phone
    return phone.model_copy(update={"settings": dict(sorted(own)), "group": group or ""})


def _without_load(phone: Phone, group: Group | None) -> Phone:
    return phone.model_copy(update={"load": ""}) if group and group.load == phone.load else phone


class _Cluster(NamedTuple):
    """A set of parameters that several phones have in common, and these phones."""

    items: frozenset[Item]
    macs: list[str]


def _clusters(needs: Mapping[str, set[Item]]) -> list[_Cluster]:
    """Return the sets of parameters that several phones share, the set with the most phones first."""
    counted = Counter(item for items in needs.values() for item in items)
    clusters: dict[frozenset[Item], list[str]] = defaultdict(list)
    for mac, items in needs.items():
        clusters[frozenset(item for item in items if counted[item] > 1)].append(mac)
    return sorted(
        (_Cluster(items, macs) for items, macs in clusters.items() if items and len(macs) > 1),
        key=lambda cluster: (-len(cluster.macs), cluster.macs),
    )


def _group_name(settings: Mapping[str, str], taken: set[str]) -> str:
    """Return a group's name, made from the parameters that its phones share.

    Examples: ``telnet_level-1``, ``load-P0S3-08-11-00-and-2-more``.
    """
    first = next(iter(sorted(settings, key=lambda name: (name != "load", is_forced(name), name))))
    words = f"{first.partition(':')[2] or first}-{settings[first] or 'empty'}"
    more = f"-and-{len(settings) - 1}-more" if len(settings) > 1 else ""
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", words)[: LONGEST_GROUP_NAME - len(more) - 4].strip("-")
    names = (f"{stem}{more}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(name for name in names if name not in taken)
