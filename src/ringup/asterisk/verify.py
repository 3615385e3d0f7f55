"""Compare the state that Asterisk reports with the site's records, and return findings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ringup.asterisk.freepbx_fields import with_fields
from ringup.asterisk.loaded import Contact, LoadedAccount, LoadedConfig
from ringup.asterisk.register_query import SecretCheck
from ringup.errors import WireError
from ringup.finding import ERROR, NOTE, WARNING, Finding, Location, Severity
from ringup.render.asterisk_text import can_hold_secret
from ringup.render.pjsip_conf import AOR, ENDPOINT, OWN_TRANSPORT
from ringup.render.sip_conf import PEER
from ringup.site.model import Driver, Line, Pbx
from ringup.wire.sip import parse_uri

INSTALL = "Write its files and reload Asterisk: ringup pbx install --reload"
REALTIME = (
    "Write the lines of `ringup pbx realtime` into its files, then: asterisk -rx 'core restart gracefully'"
)
PHONE_PORT = 5060
"""The port on which the phones listen for SIP; they send from another port."""

ABOUT_PHONES = frozenset(
    {"not-registered", "contact", "contact-address", "contact-port", "user-agent", "unreachable"}
)
"""Codes of findings about a phone and its registration; all other findings are about Asterisk's
configuration.
"""

USER_AGENT = "Cisco-CP79"
_UNREACHABLE = ("unreachable", "lagged")


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One line of the site, and its phone's address."""

    line: Line
    device: str
    """The channel that the dial plan calls for the line, like ``PJSIP/201``."""
    address: str = ""
    """The address of the phone's lease; empty if it is not known, and then it is not compared."""
    secret: SecretCheck = SecretCheck.RIGHT


@dataclass(frozen=True, slots=True)
class _Compared:
    code: str
    what: str
    field: str
    """The option's name in a LoadedAccount, like ``endpoint.Context``."""
    option: str
    """The option's name in Asterisk's configuration file."""


_COMPARED: Mapping[Driver, tuple[_Compared, ...]] = {
    "pjsip": (
        _Compared("context", "context", "endpoint.Context", "context"),
        _Compared("mailbox", "mailbox", "endpoint.Mailboxes", "mailboxes"),
        _Compared("codecs", "codecs", "endpoint.Allow", "allow"),
        _Compared("transport", "transport", "endpoint.Transport", "transport"),
        _Compared("rewritten-contact", "rewrite_contact", "endpoint.RewriteContact", "rewrite_contact"),
        _Compared("forced-rport", "force_rport", "endpoint.ForceRport", "force_rport"),
        _Compared("auth-user", "user name", "auth.Username", "username"),
        _Compared("qualify", "qualify_frequency", "aor.QualifyFrequency", "qualify_frequency"),
    ),
    "chan_sip": (
        _Compared("context", "context", "peer.Context", "context"),
        _Compared("mailbox", "mailbox", "peer.VoiceMailbox", "mailbox"),
        _Compared("codecs", "codecs", "peer.Codecs", "allow"),
        _Compared("forced-rport", "forced rport", "peer.SIP-Forcerport", "nat"),
        _Compared("no-secret", "secret", "peer.SecretExist", "secret"),
    ),
}
_SPOKEN = {"true": "yes", "false": "no", "Y": "yes", "N": "no"}


def verify(pbx: Pbx, expected: Iterable[SiteLine], loaded: LoadedConfig) -> list[Finding]:
    """Return the differences: first those that concern all lines, then those of single lines.

    A difference of a line is left out if one that concerns all lines explains it.
    """
    found = _verified(pbx, list(expected), loaded)
    return with_fields(found, pbx.driver, {*ABOUT_PHONES, "silent"}) if pbx.freepbx else found


def _verified(pbx: Pbx, lines: list[SiteLine], loaded: LoadedConfig) -> list[Finding]:
    if not loaded.is_driver_loaded:
        return [
            _finding("no-module", ERROR, "Asterisk", f"has not loaded {pbx.driver}.", _MODULE[pbx.driver])
        ]
    if fault := _realtime_fault(pbx, loaded):
        return [fault]
    if lines and not loaded.accounts and pbx.realtime:
        what = "has none of the lines: its extconfig.conf and sorcery.conf do not name the realtime tables."
        return [_finding("no-realtime", ERROR, "Asterisk", what, REALTIME)]
    if lines and not loaded.accounts:
        what = "has none of the lines: it does not include ringup's file, or has not read the file yet."
        return [_finding("no-include", ERROR, "Asterisk", what, INSTALL)]
    findings = list(_shared(pbx, lines, loaded))
    for each in lines:
        findings += _line(pbx, each, loaded)
    return findings


def _realtime_fault(pbx: Pbx, loaded: LoadedConfig) -> Finding | None:
    """Return the reason why Asterisk cannot read the realtime tables; None if it can."""
    if not pbx.realtime or (loaded.has_realtime and not loaded.missing_modules):
        return None
    what = (
        f"has not loaded {' and '.join(loaded.missing_modules)}, which reads the accounts from PostgreSQL."
        if loaded.missing_modules
        else "is not connected to the database of the accounts."
    )
    return _finding("no-realtime", ERROR, "Asterisk", what, REALTIME)


_MODULE: Mapping[Driver, str] = {
    "pjsip": "Remove the noload lines for res_pjsip from modules.conf, then: asterisk -rx 'core restart now'",
    "chan_sip": "Asterisk 21 and later do not have it. Use the other driver: ringup site set "
    "pbx.driver=pjsip",
}


def _shared(pbx: Pbx, lines: list[SiteLine], loaded: LoadedConfig) -> Iterator[Finding]:
    if not loaded.has_context:
        yield _finding(
            "no-context", ERROR, "Asterisk", f"has no context {pbx.context}: nobody can call.", INSTALL
        )
    if not loaded.has_voicemail:
        cure = "Switch off all voicemail modules but one: ringup pbx install --fix-modules"
        yield _finding("no-voicemail", ERROR, "Asterisk", "has no application VoiceMailMain.", cure)
    if any(each.secret is SecretCheck.SILENT for each in lines):
        what = f"did not reply to a REGISTER at {pbx.address}:{pbx.port}."
        cure = "Compare pbx.address and pbx.port with Asterisk's transport; check the firewall: ringup check"
        yield _finding("silent", ERROR, "Asterisk", what, cure)


def _line(pbx: Pbx, expected: SiteLine, loaded: LoadedConfig) -> Iterator[Finding]:
    line, where = expected.line, f"line {expected.line.extension}"
    account = loaded.accounts.get(line.extension)
    if account is None and not can_hold_secret(line.secret):
        cure = f"Set another: ringup phone set {line.extension} --line N --secret SECRET"
        yield _finding(
            "no-account", ERROR, where, "its secret has a character that Asterisk's files cannot hold.", cure
        )
        return
    if account is None:
        yield _finding("no-account", ERROR, where, "Asterisk has no account for it.", INSTALL)
        return
    yield from _options(pbx, line, account)
    if expected.secret is SecretCheck.WRONG:
        what = "Asterisk refuses the site's secret, because it has another one."
        yield _finding("secret", ERROR, where, what, INSTALL)
    yield from extension_faults(pbx, line, expected.device, loaded)
    yield from _contact(where, expected.address, account.contact)


def extension_faults(pbx: Pbx, line: Line, device: str, loaded: LoadedConfig) -> Iterator[Finding]:
    """Yield the faults of a line's mailbox and of its extension in the dial plan."""
    where, box = f"line {line.extension}", f"{line.extension}@{pbx.context}"
    if line.voicemail and loaded.has_voicemail and box not in loaded.boxes:
        yield _finding("no-mailbox", ERROR, where, f"Asterisk has no mailbox {box}.", INSTALL)
    dialled = loaded.dials.get(line.extension, ())
    if loaded.has_context and not any(_leads(each, device) for each in dialled):
        what = f"the extension {line.extension} of {pbx.context} does not dial {device}."
        yield _finding("extension", ERROR, where, what, INSTALL)


def _leads(dialled: str, device: str) -> bool:
    return device in dialled.split(",")[0].split("&")


def _options(pbx: Pbx, line: Line, account: LoadedAccount) -> Iterator[Finding]:
    wanted = _wanted(pbx, line)
    for each in _COMPARED[pbx.driver]:
        has = account.options.get(each.field, "")
        has = _SPOKEN.get(has, has.strip("()").replace("|", ","))
        if has != wanted[each.option]:
            what = (
                f"Asterisk's {each.what} is {has or 'empty'}, the site's is {wanted[each.option] or 'empty'}."
            )
            yield _finding(each.code, ERROR, f"line {line.extension}", what, INSTALL)


def _wanted(pbx: Pbx, line: Line) -> Mapping[str, str]:
    """Return the options that ringup writes for this line, with the values that Asterisk should report."""
    box = f"{line.extension}@{pbx.context}" if line.voicemail else ""
    shared = {"context": pbx.context, "mailboxes": box, "mailbox": box}
    if pbx.driver == "pjsip":
        own = {**ENDPOINT, **shared, "transport": pbx.transport or OWN_TRANSPORT, **pbx.options}
        return {**AOR, **own, "username": line.auth_name or line.extension}
    own = {**PEER, **shared, **pbx.options}
    return {**own, "nat": "yes" if "force_rport" in own["nat"] else own["nat"], "secret": "yes"}


def _contact(where: str, address: str, contact: Contact | None) -> Iterator[Finding]:
    if contact is None:
        yield _finding("not-registered", NOTE, where, "is not registered.", "Check that the phone is on.")
        return
    try:
        uri = parse_uri(contact.uri)
    except WireError as error:
        yield _finding("contact", ERROR, where, f"its contact cannot be read: {error}.", "Restart the phone.")
        return
    if address and uri.host != address:
        what = f"is registered from {uri.host}, but its phone has the address {address}."
        yield _finding(
            "contact-address", ERROR, where, what, "Another device uses the line's secret: change the secret."
        )
    if (uri.port or PHONE_PORT) != PHONE_PORT:
        what = f"its contact has port {uri.port}; the phone listens on {PHONE_PORT}, so no call reaches it."
        cure = "Set rewrite_contact=no and force_rport=no (chan_sip: nat=no), then restart the phone."
        yield _finding("contact-port", ERROR, where, what, cure)
    if not contact.user_agent.startswith(USER_AGENT):
        what = (
            f"is registered by {contact.user_agent or 'a device without a name'}, which is not a Cisco 79xx."
        )
        yield _finding(
            "user-agent", WARNING, where, what, "Another device uses the line's secret: change the secret."
        )
    if contact.status.lower().startswith(_UNREACHABLE):
        what = f"Asterisk's OPTIONS requests show its phone as {contact.status}."
        yield _finding("unreachable", WARNING, where, what, "See: ringup status")


def _finding(code: str, severity: Severity, where: str, what: str, cure: str) -> Finding:
    return Finding(code, severity, Location(where), what, cure)
