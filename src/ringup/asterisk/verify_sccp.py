"""Compare chan_skinny's loaded phones and lines with the site's SCCP phones, and return findings."""

from collections.abc import Iterator, Mapping, Sequence

from ringup.asterisk.loaded import LoadedConfig
from ringup.asterisk.skinny import Device, Skinny
from ringup.asterisk.verify import INSTALL, extension_faults
from ringup.finding import ERROR, NOTE, Finding, Location, Severity
from ringup.render.extensions_conf import device_of
from ringup.render.skinny_conf import device_name
from ringup.site.model import Phone, Site

NO_MODULE = (
    "Load it: asterisk -rx 'module load chan_skinny.so'. Asterisk 21 and later do not have it: convert the "
    "phones to SIP: ringup site set protocol=sip"
)


def verify_sccp(
    site: Site,
    phones: Sequence[Phone],
    addresses: Mapping[str, str],
    loaded: LoadedConfig,
    skinny: Skinny | None,
) -> Iterator[Finding]:
    """Yield the faults of these phones; `addresses` are the addresses of their leases, by MAC."""
    if not phones:
        return
    if skinny is None:
        yield _finding("no-module", ERROR, "Asterisk", "has not loaded chan_skinny.", NO_MODULE)
        return
    for phone in phones:
        yield from _phone(site, phone, addresses.get(phone.mac, ""), skinny)
        for line in phone.lines:
            yield from extension_faults(site.pbx, line, device_of(site, phone, line), loaded)


def _phone(site: Site, phone: Phone, address: str, skinny: Skinny) -> Iterator[Finding]:
    name = device_name(phone)
    device = skinny.devices.get(name)
    if device is None:
        what = f"chan_skinny has no device {name}."
        yield _finding("no-account", ERROR, f"phone {phone.mac}", what, INSTALL)
        return
    for line in phone.lines:
        if skinny.lines.get(line.extension) != name:
            what = f"chan_skinny does not have this line on {name}."
            yield _finding("no-account", ERROR, f"line {line.extension}", what, INSTALL)
    yield from _registration(phone, device, address)


def _registration(phone: Phone, device: Device, address: str) -> Iterator[Finding]:
    where = f"phone {phone.mac}"
    if not device.is_registered:
        yield _finding("not-registered", NOTE, where, "is not registered.", "Check that the phone is on.")
    elif address and device.address != address:
        what = f"is registered from {device.address}, but has the address {address}."
        cure = "Another device uses this phone's MAC: find it, and take it off the network."
        yield _finding("contact-address", ERROR, where, what, cure)


def _finding(code: str, severity: Severity, where: str, what: str, cure: str) -> Finding:
    return Finding(code, severity, Location(where), what, cure)
