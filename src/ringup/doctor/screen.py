"""The texts on a phone's screen: what each means for the boot, and the causes that leave a phone
showing it.
"""

from dataclasses import dataclass
from difflib import get_close_matches

SIP_LOADS = "7940 and 7960 on SIP"
ALL_7940 = "7940 and 7960"
LATER = "7906 to 7975"
NOT_CONFIRMED = "Cisco phones; for the 7940 and 7960 on SIP not confirmed"


@dataclass(frozen=True, slots=True)
class ScreenText:
    """One text on a phone's screen."""

    text: str
    models: str
    """The phone models that show the text."""
    meaning: str
    next: str
    """The next thing to check or to do."""
    causes: tuple[str, ...]
    """Codes of the rules whose causes leave a phone with this text; the most frequent first."""
    source: str


SCREEN_TEXTS: tuple[ScreenText, ...] = (
    ScreenText(
        "Configuring VLAN", ALL_7940,
        "It requests a voice VLAN from the switch by CDP, and continues without an answer after about 10 s.",
        "If it stays longer, the phone restarts: check its power. Otherwise wait for the next text.",
        ("voice-vlan-unanswered", "voice-vlan-wrong", "never-heard"), "P-SCREEN-4, P-BOOT-2",
    ),
    ScreenText(
        "Configuring IP", ALL_7940,
        "It requests an address by DHCP, and has none yet. A phone from another network needs a minute more "
        "if the DHCP server is not authoritative.",
        "Check whether its DHCPDISCOVER arrives and gets an answer.",
        (
            "dhcp-offers-in-vain", "dhcp-no-offer", "dhcp-pool-empty", "dhcp-not-authoritative",
            "voice-vlan-wrong", "dhcp-other-vlan", "never-heard",
        ),
        "P-SCREEN-4, P-DHCP-13",
    ),
    ScreenText(
        "Configuring CM List", ALL_7940,
        "It runs SCCP firmware, has an address, and fetches its files by TFTP.",
        "Check which files it requests. An SCCP phone reads the name of its SIP load in XMLDefault.cnf.xml.",
        ("tftp-silent", "tftp-answers-lost", "load-not-named"), "P-SCREEN-4, P-BOOT-6",
    ),
    ScreenText(
        "TFTP Timeout", ALL_7940,
        "It requested a file by TFTP and received no answer: the request or the answer was lost, or the "
        "server does not run.",
        "Check whether its requests arrive. If they do, the answers are lost. Otherwise it uses another TFTP "
        "server, or a firewall drops UDP port 69.",
        ("tftp-answers-lost", "tftp-silent", "dhcp-other-server"), "P-SCREEN-4, P-TFTP-6",
    ),
    ScreenText(
        "Protocol Application Invalid", ALL_7940,
        "Its loader runs and found no application: no TFTP server, no file that names a load, an empty file, "
        "or an error other than 1 (file not found) ended its search.",
        "Serve XMLDefault.cnf.xml and the complete load. The phone then continues without a restart.",
        ("load-not-named", "load-absent", "load-misspelt", "file-empty", "dhcp-other-server"),
        "P-PATH-13, P-PATH-15, P-TFTP-15, P-TFTP-16",
    ),
    ScreenText(
        "No load specified", ALL_7940,
        "XMLDefault.cnf.xml names no load for the number of this model.",
        "Name the application with loadInformation7 (7960) and loadInformation8 (7940).",
        ("load-not-named",), "P-PATH-16, P-PROB-13",
    ),
    ScreenText(
        "Image Authentication Failed", ALL_7940,
        "It received a firmware file and refused it: the file is damaged, renamed or the wrong one.",
        "Check the package, and compare the phone's release with the upgrade path.",
        ("image-again", "load-absent"), "P-PATH-16, P-LOAD-16",
    ),
    ScreenText(
        "Phone Unprovisioned", SIP_LOADS,
        "It runs SIP, but has no usable file of its own: SIP<MAC>.cnf is missing, or configures no line.",
        "Add the phone, or give the file its exact name. If the file was sent, check its contents.",
        ("file-unprovisioned", "file-refused", "nat-between"), "P-BOOT-18, P-PROB-1, P-PROB-16",
    ),
    ScreenText(
        "x beside the line", SIP_LOADS,
        "The line is not registered: the phone has its files, but no registration.",
        "Compare the line with the PBX: ringup pbx verify.",
        (
            "secret-differs", "account-missing", "account-unknown", "register-silent",
            "challenge-unanswered", "answer-to-wrong-port", "pbx-forces-rport", "secret-too-long",
            "registration-refused", "register-unanswered", "register-challenged-again", "register-status",
            "runs-sip", "line-lost", "nat-before-pbx", "nat-between", "sip-alg",
        ),
        "P-SCREEN-3",
    ),
    ScreenText(
        "W350", SIP_LOADS,
        "The phone's files name no backup proxy (a status message). It is harmless. From memory, not "
        "verified.",
        "Nothing: an unregistered line has another cause.",
        (), "P-TEL-4",
    ),
    ScreenText(
        "W351", SIP_LOADS,
        "The phone's files name no emergency proxy (a status message). It is harmless. From memory, not "
        "verified.",
        "Nothing: an unregistered line has another cause.",
        (), "P-TEL-4",
    ),
    ScreenText(
        "W362", SIP_LOADS,
        "No line of the phone's files has a name (a status message). From memory, not verified.",
        "Add a line to the phone, or set line1_name in its file.",
        (), "P-TEL-4, P-PROB-16",
    ),
    ScreenText(
        "W210 TFTP Error : buffer full", SIP_LOADS,
        "A text file is larger than the phone's buffer (a status message, in Settings, Status).",
        "Make the file smaller: a dial template has at most 8 KB.",
        (), "P-TFTP-18, P-SCREEN-9",
    ),
    ScreenText(
        "Ring List Unavailable", LATER,
        "Ringlist.xml is missing, or its root is not CiscoIPPhoneRingList.",
        "Check the spelling of the root and of the name.",
        (), "P-RING-4",
    ),
    ScreenText(
        "XML Error[4]", NOT_CONFIRMED,
        "A services page is not an object that the phone supports, or it is not well-formed XML.",
        "Write & as &amp;, and check the element names: upper and lower case matter.",
        (), "P-XML-9",
    ),
    ScreenText(
        "Host not Found", NOT_CONFIRMED,
        "The name in a services address cannot be resolved by the phone's own DNS server.",
        "Use an IP address instead of the name.",
        (), "P-XML-9",
    ),
)  # fmt: skip
"""The texts in the order of a boot."""

_BY_WORDS = {row.text.lower(): row for row in SCREEN_TEXTS}


def meaning_of(text: str) -> ScreenText | None:
    """Return the row for a text that a person read from a screen; None for a text that no source explains.

    Case, spaces, dots at the end, other words around the text, and one misread letter do not matter.
    """
    words = " ".join(text.lower().rstrip(".… ").split())
    if not words:
        return None
    for known, row in _BY_WORDS.items():
        if known in words:
            return row
    near = get_close_matches(words, _BY_WORDS, n=1, cutoff=0.8)
    return _BY_WORDS[near[0]] if near else None
