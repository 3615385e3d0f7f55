"""Complete the secrets that a file omits or masks: a stored secret is kept, and a missing one is
generated.
"""

from collections.abc import Callable, Container, Iterator

from ringup.errors import Problem
from ringup.phone.fault import ValueFault
from ringup.phone.forced_keys import hides_value
from ringup.site.mask import MASK
from ringup.site.model import Site
from ringup.site.rows import Path, Plain
from ringup.site.secret_faults import fault_of_secret
from ringup.wire.mac import parse as parse_mac


def fill_phones(
    phones: list[Plain],
    stored: Site,
    forced: Container[Path],
    new_secret: Callable[[], str],
    where: Callable[[Path], str],
) -> Iterator[Problem]:
    """Give every phone and line in `phones` its secret; a mask without a stored secret is a problem.

    A line's stored secret is found by its extension, so the secret moves with the line to another phone. A
    marked (forced) text is never read as a mask.
    """
    passwords = {phone.mac: phone.password for phone in stored.phones}
    lines = {line.extension: line for _, line in stored.lines()}
    for index, phone in enumerate(phones):
        password = passwords.get(_mac(phone))
        if ("phones", index, "password") not in forced:
            yield from _fill(phone, "password", password, new_secret, where, ("phones", index))
        for key, line in enumerate(phone["lines"]):
            kept = lines.get(str(line.get("extension", "")))
            path: Path = ("phones", index, "lines", key)
            if (*path, "secret") not in forced:
                yield from _fill(line, "secret", kept.secret if kept else None, new_secret, where, path)
            if "voicemail_pin" in line:
                pin = kept.voicemail_pin if kept else None
                yield from _fill(line, "voicemail_pin", pin, new_secret, where, path)


def new_faults(
    phones: list[Plain], stored: Site, forced: Container[Path], where: Callable[[Path], str]
) -> Iterator[Problem]:
    """Yield a problem for each password that phones cannot use.

    A password is accepted if it is forced, or if the site already has it in the same place. Only an import
    brings in such a password; it may stay until the operator sets another one.
    """
    found = list(_faulty(phones, forced))
    kept = _kept(stored) if found else frozenset()
    for place, path, label, fault in found:
        if place not in kept:
            yield Problem(where(path), fault.of(label).what, fault.cure)


_Place = tuple[str, str, str]
"""``phone`` or ``line``, the MAC or extension, and a password."""


def _kept(stored: Site) -> frozenset[_Place]:
    lines = (("line", line.extension, line.secret) for _, line in stored.lines())
    return frozenset((*(("phone", phone.mac, phone.password) for phone in stored.phones), *lines))


def _faulty(phones: list[Plain], forced: Container[Path]) -> Iterator[tuple[_Place, Path, str, ValueFault]]:
    """Yield each password that phones cannot use and that is not forced."""
    for index, phone in enumerate(phones):
        password = str(phone.get("password", ""))
        path: Path = ("phones", index, "password")
        if (fault := fault_of_secret(password)) and path not in forced:
            yield ("phone", _mac(phone), password), path, "password", fault
        for key, line in enumerate(phone["lines"]):
            secret = str(line.get("secret", ""))
            path = ("phones", index, "lines", key, "secret")
            if (fault := fault_of_secret(secret)) and path not in forced:
                place = ("line", str(line.get("extension", "")), secret)
                yield place, path, f"line {key + 1}'s password", fault


def fill_pbx(pbx: Plain, stored: Site, where: Callable[[Path], str]) -> Iterator[Problem]:
    """Replace the masks in the PBX's part of the file by the stored passwords."""
    for field in ("manager_secret", "realtime_password"):
        if field in pbx:
            yield from _fill(pbx, field, getattr(stored.pbx, field) or None, str, where, ("pbx",))


def fill_site(
    site: Plain, stored: Site, new_secret: Callable[[], str], where: Callable[[Path], str]
) -> Iterator[Problem]:
    """Give a site with guests the secret of their accounts, and one with page tokens the secret of these."""
    for name in ("guests", "page_tokens"):
        if not {name, f"{name}_secret"}.isdisjoint(site):
            kept = getattr(stored, f"{name}_secret") or None
            yield from _fill(site, f"{name}_secret", kept, new_secret, where, ("site",))


def fill_directory(sources: list[Plain], stored: Site, where: Callable[[Path], str]) -> Iterator[Problem]:
    """Replace the masks in the file's address books by their stored passwords."""
    passwords = {source.name: source.password for source in stored.directory}
    for index, source in enumerate(sources):
        if "password" in source:
            kept = passwords.get(str(source.get("name", ""))) or None
            yield from _fill(source, "password", kept, str, where, ("directory", index))


def fill_settings(data: Plain, stored: Site, where: Callable[[Path], str]) -> Iterator[Problem]:
    """Replace the masks in the secret settings of the file by the stored values of the same level."""
    groups = {group.name: group.settings for group in stored.groups}
    phones = {phone.mac: phone.settings for phone in stored.phones}
    levels: list[tuple[Path, Plain, dict[str, str]]] = [(("site",), data["site"], stored.settings)]
    levels += [
        (("groups", index), group, groups.get(str(group.get("name", "")), {}))
        for index, group in enumerate(data["groups"])
    ]
    levels += [
        (("phones", index), phone, phones.get(_mac(phone), {})) for index, phone in enumerate(data["phones"])
    ]
    for path, record, kept in levels:
        settings = record.get("settings", {})
        for name in [name for name, value in settings.items() if value == MASK and hides_value(name)]:
            yield from _fill(settings, name, kept.get(name), str, where, (*path, "settings"))


def _fill(
    record: Plain,
    field: str,
    kept: str | None,
    new_secret: Callable[[], str],
    where: Callable[[Path], str],
    path: Path,
) -> Iterator[Problem]:
    given = record.get(field)
    if given is None:
        record[field] = new_secret() if kept is None else kept
    elif given == MASK and kept is not None:
        record[field] = kept
    elif given == MASK:
        cure = f"Write it, or remove the field{' to have one made' if new_secret is not str else ''}."
        yield Problem(where((*path, field)), f"{field} is masked, and no stored one is there to keep.", cure)


def _mac(phone: Plain) -> str:
    try:
        return parse_mac(str(phone.get("mac", "")))
    except ValueError:
        return ""
