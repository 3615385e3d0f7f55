"""Check Asterisk: ringup's files and what they need, and the accounts of the lines."""

from collections.abc import Iterator, Mapping

from ringup.asterisk.freepbx import FreePbx
from ringup.asterisk.loaded import missing_realtime
from ringup.asterisk.manager_account import LOCAL_HOSTS
from ringup.check.facts import Facts, Transport
from ringup.check.freepbx_rules import freepbx_fields
from ringup.finding import ERROR, WARNING
from ringup.render.pjsip_conf import OWN_TRANSPORT
from ringup.rule import Found, Rule, known
from ringup.site.model import Driver, Pbx

NEEDED_READ = ("system", "call", "security", "reporting")
"""Permissions for the events that ringup receives: registrations and contacts, calls, wrong passwords."""

NEEDED_WRITE = ("system", "command", "config", "reporting")
"""Permissions for CoreSettings, the console and a reload of modules."""

PERMISSIONS = "system,call,command,config,reporting,security,user"

MODULES: Mapping[Driver, tuple[str, ...]] = {
    "pjsip": (
        "chan_pjsip.so",
        "res_pjsip.so",
        "res_pjsip_authenticator_digest.so",
        "res_pjsip_endpoint_identifier_user.so",
        "res_pjsip_registrar.so",
        "res_pjsip_sdp_rtp.so",
        "res_pjsip_session.so",
        "res_pjsip_mwi.so",
    ),
    "chan_sip": ("chan_sip.so",),
}
"""Modules that the lines need: without one of them, a line does not register, cannot be called, or has no MWI
lamp.
"""

SHARED_MODULES = ("pbx_config.so", "app_dial.so", "res_rtp_asterisk.so", "codec_ulaw.so")

APPLICATIONS = ("Answer", "Dial", "Echo", "GotoIf", "Hangup", "VoiceMail", "VoiceMailMain")
"""The applications that ringup_extensions.conf uses."""

VOICEMAIL_MODULES = ("app_voicemail_imap.so", "app_voicemail_odbc.so")

INSTALL = "ringup pbx install --reload"
PREPARE = "ringup pbx install"
RELOAD = "ringup pbx reload"
REALTIME = "ringup pbx realtime"


def _prepared(facts: Facts, otherwise: str, commands: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return `ringup pbx install`, if it can prepare Asterisk's folder; otherwise the given cure."""
    pbx = facts.site.pbx
    if pbx.etc and pbx.manager_host in LOCAL_HOSTS:
        return "Run this as root; it shows the change and asks:", (PREPARE,)
    return otherwise, commands


def _manager_file(facts: Facts) -> str:
    return "manager_custom.conf" if facts.site.pbx.freepbx else "manager.conf"


def _files(facts: Facts) -> Iterator[Found]:
    if facts.site.pbx.freepbx:
        yield from freepbx_fields(facts.site, known(facts.freepbx))
        return
    if isinstance(facts.freepbx, FreePbx):
        yield Found(
            f"FreePBX generates the files in {facts.site.pbx.etc}, and would delete ringup's lines.",
            "Let ringup only read them:",
            (f"ringup site set pbx.etc= pbx.freepbx={facts.site.pbx.etc}",),
        )
        return
    for file in known(facts.pbx_files):
        if not file.is_there:
            yield Found(f"{file.name} is not in Asterisk's folder.", "Write it:", (INSTALL,))
        elif not file.is_included:
            yield Found(
                f"{file.included_by} does not include {file.name}, so Asterisk does not read it.",
                "Add the line to it, as root:",
                (INSTALL,),
            )
        elif file.is_by_hand and not file.is_current:
            yield Found(
                f"{file.name} was changed by hand.",
                "The first command shows the lines, and the second one restores the file:",
                ("ringup pbx verify", "ringup pbx install --overwrite --reload"),
            )
        elif not file.is_current:
            yield Found(f"{file.name} differs from the site.", "Write it again:", (INSTALL,))


def _permissions(facts: Facts) -> Iterator[Found]:
    user = facts.site.pbx.manager_user
    lines = (f"read = {PERMISSIONS}", f"write = {PERMISSIONS}", "asterisk -rx 'manager reload'")
    cure = (
        f"Write the first two lines into the section [{user}] of {_manager_file(facts)}, and type the third:"
    )
    if facts.refusal is not None:
        yield Found(facts.refusal.what, cure, lines)
        return
    state = known(facts.pbx)
    lacking = []
    for kind, has, needed in (("read", state.read, NEEDED_READ), ("write", state.write, NEEDED_WRITE)):
        missing = [each for each in needed if each not in has and "all" not in has]
        lacking += [f"{kind} = {','.join(missing)}"] if missing else []
    if lacking:
        yield Found(f"The manager user {user} lacks {' and '.join(lacking)}.", cure, lines)


def _modules(facts: Facts) -> Iterator[Found]:
    state = known(facts.pbx)
    driver = facts.site.pbx.driver
    missing = [each for each in (*MODULES[driver], *SHARED_MODULES) if each not in state.modules]
    if facts.site.pbx.realtime and (unread := missing_realtime(state.modules)):
        yield Found(
            f"Asterisk has not loaded {', '.join(unread)}, so it does not read the accounts from PostgreSQL.",
            "Write the lines that the first command prints into Asterisk's files, then restart Asterisk:",
            (REALTIME, "asterisk -rx 'core restart gracefully'"),
        )
    if driver == "chan_sip" and "chan_sip.so" in missing:
        yield Found(
            f"Asterisk {state.version} has not loaded chan_sip.so; Asterisk 21 and later do not have it.",
            "Use the other driver, or load the module:",
            ("ringup site set pbx.driver=pjsip", "asterisk -rx 'module load chan_sip.so'"),
        )
        return
    if missing:
        yield Found(
            f"Asterisk has not loaded {', '.join(missing)}.",
            "Remove the noload lines for it from modules.conf, then:",
            tuple(f"asterisk -rx 'module load {each}'" for each in missing),
        )


def _applications(facts: Facts) -> Iterator[Found]:
    state = known(facts.pbx)
    missing = [each for each in APPLICATIONS if each.lower() not in state.applications]
    rivals = [each for each in VOICEMAIL_MODULES if each in state.modules]
    voicemail = [each for each in missing if each.startswith("VoiceMail")]
    if voicemail and (rivals or "app_voicemail.so" in state.modules):
        yield Found(
            f"Asterisk has no application {' or '.join(voicemail)}: it loaded several voicemail modules, of"
            " which only the first can work. Dialling the messages extension hangs up.",
            *_prepared(
                facts,
                "Write the first two lines below [modules] in modules.conf, and type the third:",
                (
                    *(f"noload => {each}" for each in reversed(VOICEMAIL_MODULES)),
                    "asterisk -rx 'core restart now'",
                ),
            ),
        )
        missing = [each for each in missing if each not in voicemail]
    elif voicemail:
        yield Found(
            f"Asterisk has no application {' or '.join(voicemail)}.",
            "Load it:",
            ("asterisk -rx 'module load app_voicemail.so'",),
        )
        missing = [each for each in missing if each not in voicemail]
    if missing:
        yield Found(
            f"Asterisk has no application {', '.join(missing)}, which calls need.",
            "Remove the noload lines for app_* from modules.conf, then:",
            ("asterisk -rx 'core restart now'",),
        )


def _transport(facts: Facts) -> Iterator[Found]:
    state, pbx = known(facts.pbx), facts.site.pbx
    if pbx.driver != "pjsip" or pbx.freepbx:  # the fields of FreePBX's extensions are checked instead
        return
    by_name = {each.name: each for each in state.transports}
    wanted = pbx.transport or OWN_TRANSPORT
    others = [
        each
        for each in state.transports
        if each.protocol == "udp" and each.name != wanted and _port(each.bind) == pbx.port
    ]
    if pbx.transport and wanted not in by_name:
        names = ", ".join(each.name for each in state.transports if each.protocol == "udp") or "none"
        yield Found(
            f"Asterisk has no transport {pbx.transport}; its UDP transports: {names}.",
            "Set one of them, or leave pbx.transport empty for ringup's own:",
            ("ringup site set pbx.transport=",),
        )
    elif not pbx.transport and others:
        yield Found(
            f"Asterisk has the UDP transport {others[0].name} on port {pbx.port}, beside ringup's own.",
            "Use that one:",
            (f"ringup site set pbx.transport={others[0].name}",),
        )
    elif wanted not in by_name:
        yield Found(
            f"Asterisk has no transport {wanted}, so it cannot receive requests from phones.",
            "Asterisk opens transports only when it starts:",
            ("asterisk -rx 'core restart now'",),
        )
    else:
        yield from _useless_transport(by_name[wanted], pbx.port)


def _whose_transport(pbx: Pbx) -> str:
    if pbx.driver == "chan_sip":
        return "chan_sip's own"
    return "FreePBX's" if pbx.freepbx else pbx.transport or OWN_TRANSPORT


def _useless_transport(transport: Transport, phones_port: int) -> Iterator[Found]:
    """Yield why phones, which send UDP to `phones_port`, do not reach this transport."""
    if transport.protocol != "udp":
        yield Found(
            f"The transport {transport.name} uses {transport.protocol}; these phones use UDP.",
            "Set a UDP transport:",
            ("ringup site set pbx.transport=NAME",),
        )
    elif _port(transport.bind) != phones_port:
        yield Found(
            f"The transport {transport.name} listens on {transport.bind}, but phones send to port "
            f"{phones_port}.",
            "Set the port for the phones:",
            (f"ringup site set pbx.port={_port(transport.bind)}",),
        )


def _port(bind: str) -> int:
    number = bind.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _no_manager(facts: Facts) -> Iterator[Found]:
    if not facts.site.pbx.manager_user:
        yield Found(
            "The site names no manager user: ringup can neither reload Asterisk nor see registrations.",
            *_prepared(
                facts,
                f"Add a user to {_manager_file(facts)}, and set it here:",
                ("ringup site set pbx.manager_user=ringup pbx.manager_secret=SECRET",),
            ),
            WARNING,
        )
        return
    if facts.refusal is None:
        known(facts.pbx)
    elif not facts.refusal.is_permission:
        yield Found(facts.refusal.what, facts.refusal.cure, facts.refusal.commands)


BEFORE = ("pbx-manager", "pbx-permissions")
"""Rules that must find no fault before the other rules about Asterisk can be checked."""

RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "pbx-files", "Asterisk's files", ERROR, _files,
        lambda facts: "FreePBX's extensions are as these phones need them" if facts.site.pbx.freepbx
        else "there, included and up to date",
    ),
    Rule(
        "pbx-manager", "Asterisk's manager", ERROR, _no_manager,
        lambda facts: "answers" if facts.refusal else f"Asterisk {known(facts.pbx).version}",
    ),
    Rule(
        "pbx-permissions", "manager permissions", ERROR, _permissions,
        lambda _facts: "read and write suffice", after=("pbx-manager",),
    ),
    Rule(
        "pbx-modules", "Asterisk's modules", ERROR, _modules,
        lambda facts: f"{facts.site.pbx.driver} and what it needs", after=BEFORE,
    ),
    Rule(
        "pbx-applications", "dial plan's needs", ERROR, _applications,
        lambda _facts: "Dial, VoiceMailMain and others are there", after=BEFORE,
    ),
    Rule(
        "pbx-transport", "SIP transport", ERROR, _transport,
        lambda facts: _whose_transport(facts.site.pbx),
        after=(*BEFORE, "pbx-files", "pbx-modules", "sip-port"),
    ),
)  # fmt: skip
