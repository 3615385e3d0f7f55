"""Texts about rollouts: the plan, and how far one is."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ringup.rollout.record import PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.rollout.waves import sizes

if TYPE_CHECKING:
    from rich.text import Text

    from ringup.rollout.plan import PlanFacts
    from ringup.site.model import Site

MOST_NAMED = 12
"""Maximum number of phones that a plan names; fewer lines than a terminal has."""
MOST_SHOWN = 14
"""Maximum number of phones that a status shows without --all; a terminal has 24 lines."""

PHONE_WIDTH = 26
"""Columns for a phone's MAC, extension and name."""

WORDS = {
    PhoneStep.WAITING: "waiting",
    PhoneStep.OFFERED: "waits until it is idle",
    PhoneStep.RESTARTING: "restarts",
    PhoneStep.TAKING: "boots",
    PhoneStep.READY: "took it, restarts once more",
    PhoneStep.DONE: "done",
    PhoneStep.FAILED: "failed",
    PhoneStep.LEFT: "left as it is",
}
"""The words for each step."""

URGENCY = (
    PhoneStep.FAILED,
    PhoneStep.TAKING,
    PhoneStep.RESTARTING,
    PhoneStep.READY,
    PhoneStep.OFFERED,
    PhoneStep.LEFT,
    PhoneStep.WAITING,
    PhoneStep.DONE,
)
"""The steps in the order in which a status shows phones."""

COLOURS = {
    RolloutState.RUNNING: "blue",
    RolloutState.PAUSED: "yellow",
    RolloutState.STOPPED: "bold red",
    RolloutState.DONE: "green",
    RolloutState.ABORTED: "yellow",
}


def head_line(rollout: Rollout) -> str:
    """Return one line: the load, the state, and the number of phones at each step."""
    counts = rollout.counts()
    parts = [f"{counts[PhoneStep.DONE]} of {len(rollout.phones)} done"]
    if under_way := len(rollout.under_way):
        parts.append(f"{under_way} under way")
    for step in (PhoneStep.WAITING, PhoneStep.FAILED, PhoneStep.LEFT):
        if counts[step]:
            parts.append(f"{counts[step]} {WORDS[step].split()[0]}")
    wave = f", wave {rollout.wave} of {rollout.waves}" if rollout.is_open else ""
    return f"Rollout {rollout.id} of {rollout.load}: {rollout.state}{wave}: {', '.join(parts)}"


def board_line(rollout: Rollout | None) -> "Text | None":
    """Return the line of the board about a rollout that is not over; None if there is none."""
    from rich.text import Text

    if rollout is None or not rollout.is_open:
        return None
    reason = f". {rollout.reason}" if rollout.reason else ""
    return Text(f"{head_line(rollout)}{reason}", COLOURS[rollout.state])


def print_rollout_plan(rollout: Rollout, site: "Site") -> None:
    """Print who takes which loads in which wave, and who is left."""
    taking = [phone for phone in rollout.phones if phone.wave]
    waves = sizes(phone.wave for phone in taking)
    click.echo(f"{rollout.load} for {_count(len(taking))}, in {len(waves)} waves: {_sizes(waves)}.")
    if rollout.window:
        click.echo(f"They restart between {rollout.window.replace('-', ' and ')} ({site.time_zone}).")
    for phone in taking[:MOST_NAMED]:
        click.echo(f"  wave {phone.wave}  {named(site, phone)}: {' → '.join((phone.was, *phone.loads))}")
    _say_more(taking)
    done = [phone for phone in rollout.phones if phone.step is PhoneStep.DONE]
    if done:
        click.echo(f"{_count(len(done))} already run{'s' if len(done) == 1 else ''} it.")
    left = [phone for phone in rollout.phones if phone.step is PhoneStep.LEFT]
    if left:
        click.echo(f"{_count(len(left))} left as {'it is' if len(left) == 1 else 'they are'}:")
    for phone in left[:MOST_NAMED]:
        click.echo(f"  {named(site, phone)}: {phone.reason}")
    _say_more(left)
    if not site.subnets:
        click.secho(
            "ringup does not give the addresses here. A new loader removes a phone's static address.",
            fg="yellow",
        )


def print_calls(rollout: Rollout, facts: "PlanFacts") -> None:
    """Print how many of the phones are in a call, and so delay their wave."""
    count = sum(bool(phone.wave and facts.journey(phone.mac).in_call) for phone in rollout.phones)
    if count:
        click.echo(f"{_count(count)} in a call: each restarts when its call is over, and its wave waits.")


def print_files(database: str, rollout: Rollout) -> None:
    """Print the records and files that change when all phones have been offered the load."""
    from ringup.change.site import planned_alteration
    from ringup.cli.plan_printing import print_plan
    from ringup.site.rows import Plain

    loads = {phone.mac: phone.loads[-1] for phone in rollout.phones if phone.wave}

    def change(data: Plain) -> None:
        for phone in data["phones"]:
            if phone["mac"] in loads:
                phone["load"] = loads[phone["mac"]]

    click.echo()
    print_plan(planned_alteration(database, change).plan, verbose=False)


def print_status(rollout: Rollout, site: "Site", *, every: bool) -> None:
    """Print the state, and the phones that an operator must look at."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(head_line(rollout), COLOURS[rollout.state]))
    if rollout.reason:
        console.print(Text(rollout.reason, "red" if rollout.state is RolloutState.STOPPED else "yellow"))
    shown = _shown(rollout, every=every)
    console.print(Text(f"{'wave':>4}  {'since':8}  {'phone':{PHONE_WIDTH}}  step", "bold"))
    for phone in shown:
        line = Text(_line(phone, site, rollout), "red" if phone.step is PhoneStep.FAILED else "")
        console.print(line, no_wrap=not every, overflow="fold" if every else "ellipsis")
    if len(shown) < len(rollout.phones):
        console.print("Every phone: ringup firmware rollout status --all")
    for hint in _hints(rollout):
        console.print(hint)


def _shown(rollout: Rollout, *, every: bool) -> Sequence[RolloutPhone]:
    if every:
        return rollout.phones
    urgent = sorted(rollout.phones, key=lambda phone: (URGENCY.index(phone.step), phone.wave))
    return urgent[:MOST_SHOWN]


def _line(phone: RolloutPhone, site: "Site", rollout: Rollout) -> str:
    from datetime import datetime

    since = datetime.fromtimestamp(phone.since).strftime("%H:%M:%S") if phone.since else ""
    load = f" ({phone.load})" if phone.load != rollout.load else ""
    step = f"{WORDS[phone.step]}{load}{f': {phone.reason}' if phone.reason else ''}"
    name = named(site, phone)[:PHONE_WIDTH]
    return f"{phone.wave or '-':>4}  {since:8}  {name:{PHONE_WIDTH}}  {step}"


def _hints(rollout: Rollout) -> Iterable[str]:
    if rollout.state is RolloutState.STOPPED:
        yield "After you have corrected it: ringup firmware rollout resume"
        if any(phone.step is PhoneStep.FAILED for phone in rollout.phones):
            yield "Why: ringup why PHONE"
    elif rollout.state is RolloutState.PAUSED:
        yield "Resume it: ringup firmware rollout resume"
    elif rollout.state is RolloutState.DONE and rollout.counts()[PhoneStep.LEFT]:
        yield "When the phones that were left are registered: ringup firmware rollout resume"


def named(site: "Site", phone: RolloutPhone) -> str:
    """Return a phone's MAC, first extension and name."""
    record = site.phone(phone.mac)
    if record is None:
        return phone.mac
    name = record.label or next((line.name for line in record.lines if line.name), "")
    return " ".join(filter(None, (phone.mac, *(line.extension for line in record.lines[:1]), name)))


def rollout_record(rollout: Rollout, site: "Site") -> dict[str, Any]:
    """Return the JSON form of a rollout; later versions only add keys."""
    fields = ("id", "load", "scope", "reason", "at_most", "canary", "window", "wait", "back_from", "author")
    return {
        **{name: getattr(rollout, name) for name in fields},
        "state": str(rollout.state),
        "started": rollout.started,
        "since": rollout.since,
        "wave": rollout.wave,
        "waves": rollout.waves,
        "counts": {str(step): number for step, number in rollout.counts().items()},
        "phones": [_phone_record(phone, site) for phone in rollout.phones],
    }


def _phone_record(phone: RolloutPhone, site: "Site") -> dict[str, Any]:
    record = site.phone(phone.mac)
    return {
        "mac": phone.mac,
        "extensions": [line.extension for line in record.lines] if record else [],
        "wave": phone.wave,
        "was": phone.was,
        "loads": list(phone.loads),
        "load": phone.load,
        "step": str(phone.step),
        "text": WORDS[phone.step],
        "since": phone.since,
        "restarts": phone.restarts,
        "reason": phone.reason,
    }


def _sizes(waves: Sequence[int]) -> str:
    shown = ", ".join(str(size) for size in waves[:8])
    return f"{shown}, …" if len(waves) > 8 else shown


def _say_more(phones: Sequence[RolloutPhone]) -> None:
    if len(phones) > MOST_NAMED:
        click.echo(f"  and {len(phones) - MOST_NAMED} more; all of them: --json")


def _count(number: int) -> str:
    return f"{number} phone{'' if number == 1 else 's'}"
