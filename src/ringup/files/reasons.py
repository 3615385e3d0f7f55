"""Explain to the operator why a file is absent; of the names that a booting phone tries, most are normally
absent.
"""

from collections.abc import Mapping

from ringup.wire.file_names import NameKind, kind_of, owner_of

_TRUST_LIST = "normal: phones without certificates request it and continue"
_OLD_SCCP = "normal in the hunt of old SCCP firmware"
_MGCP = "normal in the hunt: MGCP is not served"
_LOCALE = "normal: a locale's file; put it into the folder if you have it"
_LOAD = "not in the firmware folder: add its package: ringup firmware add ZIP"

REASONS: Mapping[NameKind, str] = {
    NameKind.BLANK_AT_END: (
        "the name ends with a space, as in OS79XX.TXT for old phones; remove it there (CSCdv19260)"
    ),
    NameKind.CTLSEP: _TRUST_LIST,
    NameKind.ITLSEP: _TRUST_LIST,
    NameKind.TRUST_LIST: _TRUST_LIST,
    NameKind.SEP_XML: "normal in the hunt: 7940/7960 on SIP take their load from XMLDefault.cnf.xml",
    NameKind.SEP_CNF: _OLD_SCCP,
    NameKind.SEP_DEFAULT: _OLD_SCCP,
    NameKind.SIP: "no phone with this MAC: ringup phone add {mac}",
    NameKind.MGCP: _MGCP,
    NameKind.MGCP_DEFAULT: _MGCP,
    NameKind.RING_LIST: "normal: no ring tones are set; the phone continues without a list",
    NameKind.RING_LIST_XML: "only the 7941 and later request this; no ring tone has a file ending in .raw",
    NameKind.FACTORY_LOAD: "only a factory-reset 7941 or later requests this; ringup does not serve them yet",
    NameKind.OF_7905_OR_7912: "only the 7905 and 7912 request this; ringup does not serve them yet",
    NameKind.FONT: _LOCALE,
    NameKind.TONES: _LOCALE,
    NameKind.DICTIONARY: _LOCALE,
    NameKind.JAR: "normal: a locale's file of the 7941 and later",
    NameKind.LOAD_LIST: _LOAD,
    NameKind.LOADER: _LOAD,
    NameKind.IMAGE: _LOAD,
    NameKind.OTHER_IMAGE: _LOAD,
}
"""The reason for each kind of name; ``{mac}`` stands for the MAC in the name."""

NO_SUCH_FILE = "no file of this name, neither made by ringup nor in a folder"


def reason_for(name: str) -> str:
    """Return the reason why no file of this name exists."""
    kind = kind_of(name)
    reason = REASONS.get(kind, NO_SUCH_FILE) if kind else NO_SUCH_FILE
    return reason.format(mac=owner_of(name)) if "{" in reason else reason
