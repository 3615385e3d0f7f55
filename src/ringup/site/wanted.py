"""The loads that a site requires, with the phones and groups that require each."""

from dataclasses import dataclass

from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class RequiredBy:
    """The records that require one load."""

    load: str
    by_site: bool
    """True if the site itself names the load.

    It then applies to every phone for which neither its own record nor its group names a load.
    """
    groups: tuple[str, ...]
    """Names of the groups whose records name the load."""
    phones: tuple[str, ...]
    """MACs of the phones that get the load, whether the phone, its group or the site names it."""

    def __str__(self) -> str:
        names = (["the site"] if self.by_site else []) + [f"group {name}" for name in self.groups]
        count = len(self.phones)
        names += [f"{count} phone{'' if count == 1 else 's'}"] if count else []
        return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])


def required_loads(site: Site) -> dict[str, RequiredBy]:
    """Return every required load by its name; the site's load comes first."""
    groups = [group for group in site.groups if group.load]
    phones = {phone.mac: site.load_of(phone) for phone in site.phones}
    own = site.sccp_load if site.protocol == "sccp" else site.load
    loads = dict.fromkeys((own, *(group.load for group in groups), *phones.values()))
    return {
        load: RequiredBy(
            load,
            load == own,
            tuple(group.name for group in groups if group.load == load),
            tuple(mac for mac, wanted in phones.items() if wanted == load),
        )
        for load in loads
    }
