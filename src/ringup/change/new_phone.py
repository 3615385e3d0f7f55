"""Add one phone to a large site without reading the other phones; the result is the same as with
`change_site`.

This shortcut has three conditions: the phone's record has no mistake, the phone changes no file of another
phone except the dial template, and ringup writes neither Asterisk's files or rows nor Kea's configuration.
Otherwise `change_site` adds the phone.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace

from ringup.change.authors import author
from ringup.change.file_diffs import FileDiffs
from ringup.change.freepbx_lines import with_freepbx
from ringup.change.plan import Plan, all_files, plan
from ringup.change.rendered import FilePair, touched_phones
from ringup.change.site import Approve, Changed, change_site, refuse_unsafe
from ringup.change.stored_site import opened, opened_to_change
from ringup.change.world import World
from ringup.errors import ChangedMeanwhile, Problem, SiteErrors
from ringup.phone.forced_keys import bare
from ringup.render.dialplan_xml import dial_template, rules_for
from ringup.site.check import check
from ringup.site.model import Phone, Site
from ringup.site.records import changed
from ringup.site.rows import Plain, Rows, by_record
from ringup.site.write import to_plain
from ringup.store.revisions import SiteWithoutPhones, commit, read_site_without_phones, site_at


def add_phone(database: str, record: Plain, summary: str, approve: Approve = refuse_unsafe) -> Changed:
    """Add the phone in this record, which has the form of a site file; its `mac` has no separators.

    If FreePBX manages the extensions, lines without a secret get FreePBX's secret. The returned site may lack
    the other phones. Raises the same errors as `change_site`.
    """
    with suppress(ChangedMeanwhile):
        if changed := _added_alone(database, record, summary, approve):
            return changed

    def append(data: Plain) -> None:
        mac = record["mac"]
        if any(known["mac"] == mac for known in data["phones"]):
            cure = f"Change it: `ringup phone set {mac}`, with --add-line for another line."
            raise SiteErrors([Problem(f"phone {mac}", "is in the site already.", cure)])
        data["phones"].append(deepcopy(record))

    return change_site(database, append, summary, approve)


def _added_alone(database: str, record: Plain, summary: str, approve: Approve) -> Changed | None:
    """Add the phone if it does not concern other phones; None if the complete site must be checked."""
    with opened_to_change(database) as engine:
        found = read_site_without_phones(engine)
        pbx = found.site.pbx
        with_phone = _checked(found.site, with_freepbx(record, pbx.freepbx, pbx.driver))
        if with_phone is None or not _is_alone(found, with_phone.phones[0]):
            return None
        planned = _plan(database, found, with_phone)
        if planned is None:
            return None
        approve(planned)
        made = commit(
            engine,
            with_phone,
            author=author(),
            summary=summary,
            at=time.time(),
            expected_revision=found.revision,
            before=found.site,
        )
        return Changed(with_phone, made, planned)


def _checked(site: Site, record: Plain) -> Site | None:
    """Return the site with this phone as its only phone; None if the record has mistakes."""
    data = {"site": {}, **to_plain(site, secrets=True), "phones": [deepcopy(record)]}
    with suppress(SiteErrors):
        return check(Rows(data, by_record(data)), site)
    return None


def _is_alone(found: SiteWithoutPhones, phone: Phone) -> bool:
    """Return whether the phone conflicts with no other phone, and makes no other phone restart."""
    return (
        not (found.site.pbx.etc or found.site.pbx.realtime or found.site.kea)
        and phone.mac not in found.macs
        and str(phone.address) not in found.addresses
        and found.extensions.isdisjoint(_extensions(phone))
        and not _names_template(phone.settings)
    )


def _extensions(phone: Phone) -> set[str]:
    return {line.extension for line in phone.lines}


def _names_template(keys: Iterable[str]) -> bool:
    """Return whether one of these settings names a dial template; a phone reads such a setting when it
    starts.
    """
    return "dial_template" in map(bare, keys)


def _plan(database: str, found: SiteWithoutPhones, with_phone: Site) -> Plan | None:
    """Return the plan for the complete site; None if the complete site must be checked."""
    planned, refreshes = plan(found.site, with_phone), _refreshes(found, with_phone.phones[0])
    if refreshes is None or planned.unsafe or [count.kind for count in planned.counts] != ["phone"]:
        return None
    (count,) = planned.counts
    return replace(
        planned,
        counts=(replace(count, unchanged=len(found.macs)),),
        refreshes=refreshes,
        files=FileDiffs(lambda: _files(database, found.revision, with_phone.phones[0])),
    )


def _refreshes(found: SiteWithoutPhones, phone: Phone) -> tuple[str, ...] | None:
    """Return the phones that must read the dial template again; None if the complete site must be checked."""
    if found.site.dial_rules:
        return ()
    was = _template(found.site, found.extensions)
    becomes = _template(found.site, found.extensions | _extensions(phone))
    if was == becomes:
        return ()
    levels = (found.site.settings, *(group.settings for group in found.site.groups), found.settings)
    if not (was and becomes) or any(map(_names_template, levels)):
        return None
    return tuple(sorted(found.macs))


def _template(site: Site, extensions: Collection[str]) -> str:
    """Return the dial template of a site that has these extensions; empty if no template can be made."""
    try:
        return dial_template(Site(dial_rules=rules_for(site.pbx, extensions)))
    except (SiteErrors, ValueError):
        return ""


def _files(database: str, revision: int, phone: Phone) -> Iterator[FilePair]:
    with opened(database) as engine:
        before = site_at(engine, revision)
    after = before.model_copy(
        update={"phones": tuple(sorted((*before.phones, phone), key=lambda each: each.mac))}
    )
    return all_files(before, after, World(), touched_phones(before, after, changed(before, after)))
