"""Change the site's records during and after a rollout.

During the rollout, each phone's own record names its load. At the end, the record of the site or group does.
"""

from collections.abc import Collection, Mapping

from ringup.phone.firmware import protocol_of
from ringup.rollout.record import GROUP, SITE, PhoneStep, Rollout
from ringup.site.model import Site


def with_loads(site: Site, loads: Mapping[str, str]) -> Site:
    """Return the site after these loads, given by MAC, were written into the phones' own records."""
    if not any(phone.mac in loads and phone.load != loads[phone.mac] for phone in site.phones):
        return site
    phones = tuple(
        phone.model_copy(update={"load": loads[phone.mac]}) if phone.mac in loads else phone
        for phone in site.phones
    )
    return site.model_copy(update={"phones": phones})


def settled(site: Site, rollout: Rollout) -> Site:
    """Return the site with the load in the record of the group or the site, if no phone's load changes by
    that.

    Otherwise the phones keep the load in their own records.
    """
    done = {phone.mac: phone.own_end for phone in rollout.phones if phone.step is PhoneStep.DONE}
    new = with_loads(_with_scope_load(site, rollout), done)
    differing = {
        phone.mac: site.load_of(phone)
        for phone, after in zip(site.phones, new.phones, strict=True)
        if new.load_of(after) != site.load_of(phone)
    }
    if any(mac not in done for mac in differing):
        return site
    return with_loads(new, differing)


def _with_scope_load(site: Site, rollout: Rollout) -> Site:
    if rollout.scope == SITE:
        field = "load" if protocol_of(rollout.load) == "SIP" else "sccp_load"
        return site.model_copy(update={field: rollout.scope_load})
    if rollout.scope.startswith(GROUP):
        name = rollout.scope.removeprefix(GROUP)
        groups = tuple(
            group.model_copy(update={"load": rollout.scope_load}) if group.name == name else group
            for group in site.groups
        )
        return site.model_copy(update={"groups": groups})
    return site


def loads_of(site: Site, macs: Collection[str]) -> dict[str, str]:
    """Return the load that the files of each of these phones name."""
    return {phone.mac: site.load_of(phone) for phone in site.phones if phone.mac in macs}
