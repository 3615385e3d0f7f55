"""K1xx: rules about SEP<MAC>.cnf.xml of SCCP phones, and about the skinny.conf in the same tree."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from ringup.finding import ERROR, NOTE, WARNING, Severity
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind
from ringup.lint.skinny_text import CALL_MANAGER_PORT, ConfigValue
from ringup.lint.tree_rules import sep_load
from ringup.lint.value_faults import fault_of
from ringup.lint.xml_rules import is_for_later_models, seps
from ringup.lint.xml_text import XmlElement
from ringup.phone.firmware import protocol_of
from ringup.wire.file_names import owner_of

_SERVER, _PORT = "processNodeName", "ethernetPhonePort"


def _sccp_files(bundle: Bundle) -> Iterator[SourceFile]:
    """Yield the SEP files of 7940s and 7960s with SCCP; chan_skinny supports no later models (P-SCCP-30)."""
    return (file for file in seps(bundle) if _speaks_sccp(file) and not is_for_later_models(file))


def _speaks_sccp(file: SourceFile) -> bool:
    said = {each.text.upper() for each in file.xml.elements if each.tag == "deviceProtocol"}
    load = sep_load(file)
    is_load = bool(load) and not fault_of(
        "image_version", load
    )  # the name of a SIP package's loader begins with P003, too
    return protocol_of(load) == "SCCP" if is_load else not load and "SCCP" in said


def _named(file: SourceFile, tag: str) -> list[XmlElement]:
    return [each for each in file.xml.elements if each.tag == tag and each.text]


def _has_device(file: SourceFile, bundle: Bundle) -> bool:
    devices = {device.text for conf in bundle.of(ContentKind.SKINNY) for device in conf.skinny.devices}
    return f"SEP{file.mac}" in devices


def _has_every_include(bundle: Bundle) -> bool:
    confs = list(bundle.of(ContentKind.SKINNY))
    names = {file.name for file in confs}
    return bool(confs) and all(names.issuperset(conf.skinny.includes) for conf in confs)


def _phone_without_device(bundle: Bundle) -> Iterator[Occurrence]:
    for file in _sccp_files(bundle) if _has_every_include(bundle) else ():
        if file.mac and not _has_device(file, bundle):
            message = f"skinny.conf has no device SEP{file.mac}: chan_skinny rejects the phone."
            yield seen(file, 0, message, "Write the device, or remove the file.")


def _device_without_file(bundle: Bundle) -> Iterator[Occurrence]:
    """Find devices of skinny.conf that have no SEP file, if the bundle contains the folder of such files."""
    if not bundle.is_complete or not any(bundle.of(ContentKind.SEP, ContentKind.XML_DEFAULT)):
        return
    owners = {file.mac for file in bundle.of(ContentKind.SEP)}
    for conf in bundle.of(ContentKind.SKINNY):
        for device in conf.skinny.devices:
            if (mac := owner_of(f"{device.text}.cnf.xml")) and mac not in owners:
                yield _missing_file(bundle, conf, device)


def _missing_file(bundle: Bundle, conf: SourceFile, device: ConfigValue) -> Occurrence:
    """Return the finding; it is a note if XMLDefault.cnf.xml names a server, because the phone reads that
    file instead (P-BOOT-6).
    """
    has_server = any(_named(file, _SERVER) for file in bundle.of(ContentKind.XML_DEFAULT))
    severity: Severity | None = NOTE if has_server else None
    message = f"The device {device.text} has no file {device.text}.cnf.xml, which names its server."
    return seen(conf, device.line, message, "Write the file.", severity)


def _no_server(file: SourceFile) -> Iterator[Occurrence]:
    if not _named(file, _SERVER):
        message = f"An SCCP phone's file has no <{_SERVER}>: the phone has no server to register with."
        yield seen(file, 0, message, "Write callManagerGroup with the PBX's address into devicePool.")


def _address(text: str) -> IPv4Address | None:
    """Return an IPv4 address; None for a host name, and for 0.0.0.0, which means every address of the
    machine.
    """
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return None
    return None if address.is_unspecified else address


def _listens(bundle: Bundle) -> IPv4Address | None:
    set_ = [conf.skinny.address for conf in bundle.of(ContentKind.SKINNY) if conf.skinny.address]
    return _address(set_[-1].text) if set_ else None


def _other_server(bundle: Bundle) -> Iterator[Occurrence]:
    listens = _listens(bundle)
    for file in _sccp_files(bundle) if listens else ():
        servers = _named(file, _SERVER)
        addresses = [_address(each.text) for each in servers]
        if servers and None not in addresses and listens not in addresses:
            message = f"The phone registers with {servers[0].text}, but bindaddr of skinny.conf is {listens}."
            yield seen(file, servers[0].line, message, "Write the address on which chan_skinny listens.")


def _other_port(bundle: Bundle) -> Iterator[Occurrence]:
    confs = list(bundle.of(ContentKind.SKINNY))
    set_ = [conf.skinny.port.text for conf in confs if conf.skinny.port]
    port = set_[-1] if set_ else CALL_MANAGER_PORT
    for file in _sccp_files(bundle) if confs else ():
        ports = _named(file, _PORT)
        if ports and port not in [each.text for each in ports]:
            message = f"The phone connects to port {ports[0].text}, but chan_skinny listens on {port}."
            yield seen(file, ports[0].line, message, f"Write {CALL_MANAGER_PORT} in both files.")


def _every_address(conf: SourceFile) -> Iterator[Occurrence]:
    address = conf.skinny.address
    if address and address.text == "0.0.0.0":
        message = "bindaddr is 0.0.0.0: on a machine with several addresses, calls may be silent."
        yield seen(conf, address.line, message, "Write the address that the phones know.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("K101", ERROR, "SCCP phone not in skinny.conf", _phone_without_device),
    CodedRule("K102", WARNING, "device of skinny.conf without a file", _device_without_file),
    CodedRule("K103", WARNING, "SCCP file without a server", for_each(_sccp_files, _no_server)),
    CodedRule("K104", ERROR, "SCCP file names another server", _other_server),
    CodedRule("K105", ERROR, "SCCP file names another port", _other_port),
    CodedRule(
        "K106", NOTE, "chan_skinny on every address",
        for_each(lambda bundle: bundle.of(ContentKind.SKINNY), _every_address),
    ),
)  # fmt: skip
