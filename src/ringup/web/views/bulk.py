"""One change for many phones: those that were ticked on the board."""

from collections.abc import Iterable

from ringup.errors import Problem, SiteErrors
from ringup.site.rows import Plain
from ringup.web.answers import Answer, See
from ringup.web.ask import Ask
from ringup.web.changing import propose
from ringup.web.restarting import start_restart

DOINGS = ("group", "load", "setting", "restart", "remove")


def change_many(ask: Ask) -> Answer:
    """Carry out one change, or a restart, for all chosen phones."""
    macs, doing, value = set(ask.fields("phone")), ask.field("doing"), ask.field("value").strip()
    problems = []
    if not macs:
        problems.append(Problem("phones", "none is chosen.", "Tick the phones on the board."))
    if doing not in DOINGS:
        problems.append(Problem("change", f"{doing!r} is none.", f"Choose one of: {', '.join(DOINGS)}."))
    if doing == "setting" and "=" not in value:
        problems.append(Problem("value", f"{value!r} is no setting.", "Write it as KEY=VALUE."))
    if problems:
        raise SiteErrors(problems)
    if doing == "restart":
        return See(f"/jobs/{start_restart(ask, macs).number}")
    count = len(macs)
    summary = f"{_WORDS[doing].format(value)}, {count} phone{'' if count == 1 else 's'}"
    return propose(ask, lambda data: _alter(data, macs, doing, value), summary, then="/", title="Plan")


_WORDS = {"group": "set group {!r}", "load": "set load {!r}", "setting": "set {}", "remove": "remove"}


def _alter(data: Plain, macs: Iterable[str], doing: str, value: str) -> None:
    chosen = [phone for phone in data["phones"] if phone["mac"] in macs]
    if doing == "remove":
        data["phones"] = [phone for phone in data["phones"] if phone not in chosen]
        return
    for phone in chosen:
        if doing == "setting":
            key, _, text = value.partition("=")
            phone["settings"] = {**phone.get("settings", {}), key.strip(): text.strip()}
        else:
            phone[doing] = value
