"""Find what would stop a phone, in the offers of DHCP servers and the answers of a TFTP server."""

from collections.abc import Iterator, Sequence

from ringup.finding import ERROR, NOTE, WARNING, Finding, Location, Severity
from ringup.probe.boot_files import BootFile, FileResult, Use
from ringup.probe.offers import DhcpOffer, taken_offer

STOPS = {FileResult.REFUSED: "with {answer}", FileResult.EMPTY: "with an empty file"}
"""The results of a request after which the loader stops its hunt, in words."""


def _finding(code: str, severity: Severity, where: str, what: str, cure: str) -> Finding:
    return Finding(code, severity, Location(where), what, cure)


def offer_findings(offers: Sequence[DhcpOffer]) -> Iterator[Finding]:
    """Yield the faults of the offers, as far as they concern a 7940 or 7960."""
    if not offers:
        yield _finding(
            "no-offer", ERROR, "DHCP", "No DHCP server answers.",
            "Start one. If it runs on this machine, it does not hear this probe: run the probe on another.",
        )  # fmt: skip
        return
    for offer in offers:
        yield from _of_one_offer(offer)
    servers = {offer.tftp: offer for offer in offers if offer.has_server_id}
    if len(servers) > 1:
        names = ", ".join(f"{offer.server} ({tftp})" for tftp, offer in servers.items())
        yield _finding(
            "two-servers", ERROR, "DHCP", f"The DHCP servers name different TFTP servers: {names}.",
            "A phone takes the first offer, so each boot may end otherwise. Switch all servers but one off.",
        )  # fmt: skip


def _of_one_offer(offer: DhcpOffer) -> Iterator[Finding]:
    where = f"DHCP server {offer.server}"
    if not offer.has_server_id:
        yield _finding(
            "no-server-id", ERROR, where, "Its offer has no server identifier, so phones ignore it.",
            "Let it send option 54.",
        )  # fmt: skip
    if offer.option_66 and not offer.option_150 and offer.tftp_source != "option 66":
        yield _finding(
            "option-66-name", ERROR, where,
            f"Option 66 is {offer.option_66!r}, and a 7940 or 7960 resolves no names.",
            "Write the TFTP server's address in option 66, and send option 150.",
        )  # fmt: skip
    elif not offer.is_explicit:
        yield _finding(
            "no-tftp-option", WARNING, where,
            f"It sends neither option 150 nor 66: a phone takes {offer.tftp} ({offer.tftp_source}).",
            "Send option 150 with the TFTP server's address. ringup snippet prints the lines for it.",
        )  # fmt: skip
    if offer.option_150 and _is_address_other_than(offer.option_66, offer.option_150[0]):
        yield _finding(
            "options-differ", WARNING, where,
            f"Option 150 names {offer.option_150[0]}, and option 66 names {offer.option_66}.",
            "Send the same address in both: not all loads read both.",
        )  # fmt: skip


def _is_address_other_than(text: str, address: str) -> bool:
    return text.replace(".", "").isdigit() and text != address


def file_findings(server: str, files: Sequence[BootFile], *, is_known: bool) -> Iterator[Finding]:
    """Yield the faults of the TFTP server's answers to one phone; `is_known`: its MAC is that of a real
    phone.
    """
    where = f"TFTP server {server}"
    if files and all(each.result is FileResult.SILENT for each in files):
        yield _finding(
            "tftp-silent", ERROR, where, "It answers no request.",
            "Start it, and allow UDP port 69 and its answers from other ports: ringup check",
        )  # fmt: skip
        return
    for each in files:
        if each.use is Use.HUNT and each.result in STOPS:
            how = STOPS[each.result].format(answer=each.answer)
            yield _finding(
                "hunt-stops", ERROR, where,
                f"It answers {each.name} {how}: the loader stops there (Protocol Application Invalid).",
                "A missing file must be answered with error 1, and no file may be empty.",
            )  # fmt: skip
    yield from _load_findings(where, files)
    own = [each for each in files if each.name.startswith("SIP") and each.use is Use.HUNT]
    if is_known and own[:1] and own[0].result is FileResult.ABSENT:
        yield _finding(
            "own-file-absent", ERROR, where, f"It does not have {own[0].name}: Phone Unprovisioned.",
            "Add the phone. A ringup server gives this file to its phone only, so there it is no error.",
        )  # fmt: skip


def _load_findings(where: str, files: Sequence[BootFile]) -> Iterator[Finding]:
    load = [each for each in files if each.use is Use.LOAD]
    if not load:
        yield _finding(
            "no-load", ERROR, where, "No file names a load for this model.",
            "Serve an XMLDefault.cnf.xml that names one. A phone that already runs SIP comes up without it.",
        )  # fmt: skip
    for each in load:
        if each.result is not FileResult.FOUND:
            yield _finding(
                "load-absent", ERROR, where, f"It does not send {each.name}{_why(each)}.",
                "Put the complete package of the load into the server's root folder.",
            )  # fmt: skip
    if load and load[0].result is FileResult.FOUND and len(load) == 1:
        yield _finding(
            "list-refused", ERROR, where, f"{load[0].name} is no list that a phone accepts.",
            "Copy it from the original package again: ringup firmware check",
        )  # fmt: skip


def _why(file: BootFile) -> str:
    return f" ({file.answer})" if file.answer else ""


def silent_findings(offers: Sequence[DhcpOffer], files: Sequence[BootFile]) -> Iterator[Finding]:
    """Yield a note if no file was requested, although an offer named a TFTP server."""
    taken = taken_offer(offers)
    if taken and not files:
        yield _finding(
            "files-not-asked", NOTE, f"TFTP server {taken.tftp}", "Its files were not requested.",
            "Give this machine an address from which it reaches the server, and run the probe again.",
        )  # fmt: skip
