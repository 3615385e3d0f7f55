"""Check the accounts of the lines, and the mailboxes and contexts that the accounts use."""

from collections.abc import Callable, Iterator, Mapping

from ringup.asterisk.freepbx import NO_MAILBOX
from ringup.asterisk.freepbx_fields import ADOPT
from ringup.check.facts import Facts
from ringup.check.pbx_rules import BEFORE, INSTALL, REALTIME, RELOAD
from ringup.finding import ERROR
from ringup.rule import Found, Rule, known
from ringup.site.model import Driver, Line, Pbx

VERIFY = "ringup pbx verify"
_ANSWERS = "answers go to the port the phone sends from, so it never registers"

WRONG: Mapping[Driver, tuple[tuple[str, str, str], ...]] = {
    "pjsip": (
        (
            "force_rport",
            f"{_ANSWERS} (P-AST-1)",
            "force_rport=no",
        ),
        ("rewrite_contact", "calls go to the port the phone sends from (P-AST-2)", "rewrite_contact=no"),
    ),
    "chan_sip": (("Force rport", f"{_ANSWERS} (P-AST-3)", "nat=no"),),
}
"""Options that must be off for these phones: their name in Asterisk's output, their effect, the text to
write.
"""


def _accounts(facts: Facts) -> Iterator[Found]:
    state, driver = known(facts.pbx), facts.site.pbx.driver
    if state.accounts is None:
        return
    kind = "endpoint" if driver == "pjsip" else "peer"
    names = [line.extension for _phone, line in facts.site.sip_lines()]
    missing = [name for name in names if name not in state.accounts]
    if missing:
        yield (
            Found(
                f"Asterisk has no {kind} {_some(missing)}.", "Let it read the realtime tables:", (REALTIME,)
            )
            if facts.site.pbx.realtime
            else Found(
                f"Asterisk has no {kind} {_some(missing)}.",
                "Add it in FreePBX, press Apply Config, and:",
                (ADOPT,),
            )
            if facts.site.pbx.freepbx
            else Found(
                f"Asterisk has no {kind} {_some(missing)}.",
                "Let ringup write it, or write it yourself:"
                if not facts.site.pbx.etc
                else "Make Asterisk read it:",
                ("ringup site set pbx.etc=/etc/asterisk", INSTALL) if not facts.site.pbx.etc else (RELOAD,),
            )
        )
    for option, effect, right in WRONG[driver]:
        wrong = [name for name in names if _is_on(state.accounts.get(name, {}).get(option, ""))]
        if wrong:
            yield Found(
                f"{kind.capitalize()} {_some(wrong)} has {option} on: {effect}.",
                *_cure(facts.site.pbx, right),
            )


def _cure(pbx: Pbx, right: str) -> tuple[str, tuple[str, ...]]:
    if pbx.freepbx:
        return "Press Apply Config in FreePBX. See its fields:", (VERIFY,)
    file = "pjsip.conf" if pbx.driver == "pjsip" else "sip.conf"
    return f"Write {right} into its section of {file}, or set it in pbx.options, then:", (RELOAD,)


def _is_on(value: str) -> bool:
    return value.lower() in ("yes", "true")


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


_NAMED: Mapping[Driver, tuple[str, str]] = {
    "pjsip": ("mailboxes", "context"),
    "chan_sip": ("Mailbox", "Context"),
}
"""The options of an account that hold its mailboxes and its context, as Asterisk shows them."""


def _dial_plan(facts: Facts) -> Iterator[Found]:
    """Yield the missing mailboxes and contexts of the accounts; if ringup writes the files, also those of the
    site.
    """
    state, pbx = known(facts.pbx), facts.site.pbx
    boxes_option, context_option = _NAMED[pbx.driver]
    boxes = dict.fromkeys(
        _named(facts, boxes_option, lambda line: f"{line.extension}@{pbx.context}" if line.voicemail else "")
    )
    if pbx.freepbx:
        boxes = {box: None for box in boxes if not box.endswith(NO_MAILBOX)}
    boxes = dict.fromkeys(box if "@" in box else f"{box}@default" for box in boxes)
    contexts = dict.fromkeys(_named(facts, context_option, lambda _line: pbx.context))
    missing = [box for box in boxes if state.boxes is not None and box not in state.boxes]
    if missing:
        yield Found(f"Asterisk has no voicemail box {_some(missing)}.", *_read_again(facts, "voicemail.conf"))
    for context in contexts:
        if state.contexts is not None and context not in state.contexts:
            yield Found(
                f"Asterisk's dial plan has no context {context}, so phones cannot dial.",
                *_read_again(facts, "extensions.conf"),
            )


def _named(facts: Facts, option: str, ours: Callable[[Line], str]) -> Iterator[str]:
    accounts = known(facts.pbx).accounts or {}
    for _phone, line in facts.site.sip_lines():
        yield from (
            name.strip() for name in accounts.get(line.extension, {}).get(option, "").split(",") if name
        )
        if facts.site.pbx.etc and (name := ours(line)):
            yield name


def _read_again(facts: Facts, file: str) -> tuple[str, tuple[str, ...]]:
    if facts.site.pbx.etc:
        return "Make it read its files:", (RELOAD,)
    return f"Write it into {file}, then:", (RELOAD,)


RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "pbx-accounts", "lines in Asterisk", ERROR, _accounts,
        lambda facts: "none could be read" if known(facts.pbx).accounts is None
        else f"all {len(known(facts.pbx).accounts or {})}, as these phones need them",
        after=(*BEFORE, "pbx-files", "pbx-modules"),
    ),
    Rule(
        "pbx-dialplan", "mailboxes, context", ERROR, _dial_plan,
        lambda facts: f"of {facts.site.pbx.context} are there",
        after=(*BEFORE, "pbx-files", "pbx-applications"),
    ),
)  # fmt: skip
