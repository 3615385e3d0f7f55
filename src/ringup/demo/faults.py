"""Common faults with these phones that the demo can reproduce: the mistake, its symptoms and its cure.

Sources of the rows: P-SIP-1 (ports), P-CNF-11 (secrets), P-PATH-13 (firmware), P-BOOT-18 (unprovisioned).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringup.site.model import Driver, Site

TOO_LONG_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - a length, not a secret
"""A secret like those that FreePBX generates: 32 characters, one more than the phone accepts."""


def _as_it_is(site: Site) -> Site:
    return site


def _give_long_secrets(site: Site) -> Site:
    """Return the site with secrets that are too long.

    The checks of the records would refuse such secrets, but `model_copy` skips these checks.
    """
    phones = tuple(
        phone.model_copy(
            update={
                "lines": tuple(line.model_copy(update={"secret": TOO_LONG_SECRET}) for line in phone.lines)
            }
        )
        for phone in site.phones
    )
    return site.model_copy(update={"phones": phones})


@dataclass(frozen=True, slots=True)
class Fault:
    """One common mistake that the demo can make."""

    title: str
    """The mistake, in the operator's words."""
    shows: str
    """The symptoms that the phone shows."""
    cure: str
    """What to do; the command to type follows the last colon."""
    drivers: tuple[Driver, ...] = ("pjsip", "chan_sip")
    pbx_options: Mapping[str, str] = field(default_factory=dict)
    tamper: Callable[[Site], Site] = _as_it_is
    """Changes the site; the result is not checked."""
    missing_files: str = ""
    """The suffix of the firmware files that are removed from the server."""
    unknown_phones: bool = False


FAULTS: dict[str, Fault] = {
    "force-rport": Fault(
        "PJSIP's default force_rport=yes",
        "the answers go to the port the phone sends from, where it does not listen: it never registers",
        "Set force_rport=no in the phone's endpoint; ringup writes that: ringup pbx install --reload",
        drivers=("pjsip",),
        pbx_options={"force_rport": "yes"},
    ),
    "rewrite-contact": Fault(
        "rewrite_contact=yes, as FreePBX has it",
        "it registers and calls out, but calls to it go to a dead port",
        "Set rewrite_contact=no in the phone's endpoint, and restart the phone; ringup writes that: "
        "ringup pbx install --reload",
        drivers=("pjsip",),
        pbx_options={"rewrite_contact": "yes"},
    ),
    "nat-comedia": Fault(
        "chan_sip's nat=force_rport,comedia",
        "the answers go to the port the phone sends from, where it does not listen: it never registers",
        "Set nat=no in the phone's peer; ringup writes that: ringup pbx install --reload",
        drivers=("chan_sip",),
        pbx_options={"nat": "force_rport,comedia"},
    ),
    "long-secret": Fault(
        "a secret of 32 characters, as FreePBX makes them",
        "the phone rejects the complete value and answers the challenge without it: it never registers",
        "Give the line a password of at most 31 characters, and restart the phone: "
        "ringup phone set 201 --secret PASSWORD",
        tamper=_give_long_secrets,
    ),
    "missing-application": Fault(
        "a firmware folder without the .sb2 file",
        "the phone takes the new loader and stays in it",
        "Add the complete package: ringup firmware add ZIP. What is missing: ringup firmware check",
        missing_files=".sb2",
    ),
    "missing-phone-file": Fault(
        "no SIP<MAC>.cnf: the phone was never added",
        "it converts, then asks for its file every 31 seconds: Phone Unprovisioned",
        "Add the phone: ringup phone add 001646C0FFEE --extension 201",
        unknown_phones=True,
    ),
}
