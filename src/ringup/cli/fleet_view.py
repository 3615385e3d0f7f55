"""The screen of `ringup watch`: a table with two lines per phone, and one line per event.

Every part is a `rich.text.Text`, never markup, because names from phones may contain brackets.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from rich import box
from rich.console import Console, ConsoleOptions, Group
from rich.table import Table
from rich.text import Text

from ringup import events
from ringup.doctor.verdict import CERTAIN, Verdict
from ringup.events import Event, MachineFault
from ringup.fleet.durations import how_long
from ringup.fleet.rows import STATES, FleetRow, StateStyle
from ringup.journey.describe import LONGEST_OWN_LINE, describe, plain
from ringup.journey.record import Journey
from ringup.journey.stages import STAGES, place, stage
from ringup.journey.troubles import MOST_TROUBLES

BAR_WIDTH = len(STAGES) - 1
"""Width of a phone's progress bar: one cell per stage; a phone that has sent nothing yet has no cell."""

MOST_FAULTS_SHOWN = 3
"""Faults of the machine above the totals; phones need the rest of the screen."""
NO_PBX = "Asterisk does not answer ({reason}): nobody can call. Start it: sudo systemctl start asterisk"
REGISTERED_BEFORE = StateStyle("registered before that", "red")
"""The state text, with its colour, of phones that were in service when Asterisk stopped answering."""

STYLES: Mapping[type[Event], str] = {
    events.AddressLeased: "green",
    events.FileSent: "green",
    events.LineRegistered: "bold green",
    events.LineReachable: "green",
    events.PbxConnected: "green",
    events.ServerStarted: "green",
    events.NodeActive: "yellow",
    events.CallStarted: "cyan",
    events.CallAnswered: "bold cyan",
    events.CallMissed: "cyan",
    events.LineHungUp: "cyan",
    events.CallEnded: "cyan",
    events.MessagesWaiting: "magenta",
    events.SipSeen: "dim",
    events.CdpSeen: "dim",
    events.VoiceVlanAnswered: "dim",
    events.FileNotFound: "yellow",
    events.AddressRefused: "yellow",
    events.DhcpIgnored: "dim",
    events.TftpIgnored: "dim",
    events.LineUnregistered: "yellow",
    events.OtherServerSeen: "yellow",
    events.OtherServerChosen: "red",
    events.AddressDeclined: "red",
    events.PoolEmpty: "red",
    events.FileRefused: "red",
    events.TransferFailed: "red",
    events.LineUnreachable: "red",
    events.RegistrationRefused: "red",
    events.PbxLost: "red",
    events.RegisteredElsewhere: "red",
    events.FilesFromTwoAddresses: "red",
    events.LeasedAddressElsewhere: "red",
    events.PhonePinned: "yellow",
    events.PhoneUnpinned: "yellow",
    events.ServerAddressChanged: "yellow",
    events.ServerFault: "bold red",
    events.MachineFault: "bold red",
    events.MachineFaultOver: "green",
}
"""The colours of events: green for success, yellow for events that are often normal, red for events that need
an operator.
"""


def style_of(event: Event) -> str:
    """Return the event's colour. It is red also for a start, or a revision, with which no phone can work."""
    return "bold red" if getattr(event, "missing", "") else STYLES.get(type(event), "")


def _bar(journey: Journey, colour: str) -> Text:
    done = place(journey.stage)
    return Text.assemble(("━" * done, colour), ("─" * (BAR_WIDTH - done), "dim"))


def _phone_cell(row: FleetRow) -> Text:
    style = "bold yellow" if row.phone is None else "bold"
    first = " ".join((*row.extensions[:1], row.name))
    return Text.assemble((first, style), "\n", (row.mac, "dim"))


def stage_line(row: FleetRow, pbx_lost: str) -> Text:
    """Return a progress bar and the title of the phone's stage."""
    journey, colour = row.journey, STATES[row.state].colour
    title = "waiting: not seen yet" if row.state == "waiting" else stage(journey.stage).title
    if pbx_lost and row.state == "in_service":
        title, colour = REGISTERED_BEFORE
    if journey.progress is not None:
        title = f"{title}, {journey.progress} %"
    return Text.assemble(_bar(journey, colour), " ", (title, colour))


def _stage_lines(row: FleetRow, pbx_lost: str) -> Group:
    """Return the stage, and the latest trouble or the last event."""
    first, lines = stage_line(row, pbx_lost), news(row, most=1)
    for line in (first, *([] if row.troubles or row.phone is None else lines)):
        line.no_wrap, line.overflow = True, "ellipsis"
    return Group(first, *lines)


def first_step(verdict: Verdict) -> str:
    """Return the first command of a cure, or the sentence of a cure without a command."""
    return verdict.commands[0] if verdict.commands else verdict.cure


def news(row: FleetRow, most: int = MOST_TROUBLES + 1) -> list[Text]:
    """Return the doctor's verdict and the last problems, or the last event if there is none.

    Each cure has a line of its own, so that a command can be copied.
    """
    troubles = [each for each in row.troubles if row.phone or each.key != "unprovisioned"]
    facts = [(each.what, each.cure) for each in reversed(troubles)]
    if row.verdict:
        facts = [(row.verdict.what, first_step(row.verdict)), *facts]
    lines = [Text(text, "red") for fact in facts[:most] for text in fact]
    if row.phone is None:
        return [*lines, Text(f"ringup phone add {row.mac}", "yellow")]
    return lines or [Text(row.journey.last or "has sent nothing yet: plug it in", "dim")]


def not_asked(row: FleetRow) -> list[Text]:
    """Return which checks a view of the fleet does not make, with the command that makes them; nothing if
    they do not matter. Only root can read the rules of the firewall and the jails of fail2ban, and the server
    has given up root.
    """
    is_certain = row.verdict is not None and row.verdict.confidence is CERTAIN
    if row.state != "trouble" or row.phone is None or is_certain:
        return []
    return [Text(f"not checked: firewall and fail2ban. Run: sudo ringup why {row.mac}", "dim")]


def _now_cell(row: FleetRow, now: float) -> Text:
    journey = row.journey
    since = how_long(now - journey.since) if journey.stage != "new" else ""
    return Text("\n").join([Text(since, "dim"), *now_parts(row)])


def now_parts(row: FleetRow) -> list[Text]:
    """Return the phone's calls, and its new messages."""
    journey = row.journey
    shown = [
        Text(f"{'talks' if call.answered else 'calls'} {plain(call.to)}", "cyan") for call in journey.in_call
    ]
    if journey.messages_waiting:
        shown.append(Text(f"lamp: {journey.messages_waiting}", "magenta"))
    return shown


def alarms(pbx_lost: str, faults: Sequence[MachineFault]) -> list[Text]:
    """Return the reason why the PBX does not answer, and the newest faults of the machine, each with its
    cure."""
    lines = [NO_PBX.format(reason=plain(pbx_lost))] if pbx_lost else []
    lines += [plain(f"{each.what} {each.cure}", LONGEST_OWN_LINE) for each in faults[-MOST_FAULTS_SHOWN:]]
    if (more := len(faults) - MOST_FAULTS_SHOWN) > 0:
        lines.append(f"{more} more fault{'' if more == 1 else 's'} of this machine: ringup check")
    return [Text(line, "bold red") for line in lines]


def summary(states: Sequence[str], pbx_lost: str = "", faults: Sequence[MachineFault] = ()) -> Text:
    """Return the number of phones in each state; above the numbers, in red, the reason why the PBX does not
    answer, and the faults of the machine.
    """
    styles = {**STATES, "in_service": REGISTERED_BEFORE} if pbx_lost else STATES
    parts = [
        Text(f"{states.count(state)} {words}", colour)
        for state, (words, colour) in styles.items()
        if state in states
    ]
    counted = f"{len(states)} phone{'' if len(states) == 1 else 's'}"
    counts = Text.assemble(counted, ": ", Text(", ").join(parts)) if parts else Text("no phones yet")
    return Text("\n").join([*alarms(pbx_lost, faults), counts])


def _fitting(everybody: list[FleetRow], most: int | None) -> list[FleetRow]:
    """Return the most urgent rows, up to a maximum, in the order of the table."""
    if most is None or len(everybody) <= most:
        return everybody
    urgency = list(STATES)
    chosen = sorted(everybody, key=lambda row: urgency.index(row.state))[:most]
    return [row for row in everybody if row in chosen]


def fleet_table(
    rows: list[FleetRow],
    now: float,
    *,
    most: int | None = None,
    pbx_lost: str = "",
    faults: Sequence[MachineFault] = (),
    states: Sequence[str] | None = None,
) -> Table:
    """Return the table: two lines per phone, and below them the number of phones in each state. `most` limits
    the number of phones shown; phones in service are left out first. `pbx_lost` is the reason why the PBX
    does not answer; if it is set, no phone counts as in service. `faults` are those of the machine. `states`
    are the states of all phones, for the case that `rows` holds only some of them.
    """
    shown = _fitting(rows, most)
    states = [row.state for row in rows] if states is None else states
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=0, caption_justify="left")
    table.add_column("Phone\nMAC", min_width=12, max_width=16, no_wrap=True, overflow="ellipsis")
    table.add_column("Model\nAddress", min_width=9, no_wrap=True)
    table.add_column("Stage\nLast event", ratio=1)
    table.add_column("For\nCall", min_width=9, max_width=14, no_wrap=True, overflow="ellipsis")
    for row in shown:
        where = Text.assemble(row.model, "\n", (row.journey.address, "dim"))
        table.add_row(_phone_cell(row), where, _stage_lines(row, pbx_lost), _now_cell(row, now))
    table.caption = summary(states, pbx_lost, faults)
    if left_out := len(states) - len(shown):
        table.caption = Text.assemble(table.caption, f"; {left_out} not shown")
    return table


def event_line(at: float, event: Event, *, name: str = "", zone: tzinfo | None = None) -> Text:
    """Return one line of a log: the time, the phone (`name`, or the MAC) and the event, in the colour of its
    outcome. `zone` is the time zone; without one, the machine's zone is used. Print the line with
    `soft_wrap=True`, so that it is not cut.
    """
    who = plain(name or event.mac or "server", 12)
    clock = datetime.fromtimestamp(at, zone).strftime("%H:%M:%S")
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(clock, "dim").append(f"  {who:<12}  ").append(describe(event), style_of(event))
    return line


def last_lines(
    events: Sequence[Event], room: int, console: Console, inside: ConsoleOptions, *, name: str = ""
) -> list[Text]:
    """Return the last events that fit into `room` lines, oldest first, each wrapped to as many lines as
    needed.
    """
    fitting: list[Text] = []
    for event in reversed(events):
        line = event_line(event.at, event, name=name)
        line.no_wrap, line.overflow = False, "fold"
        room -= len(console.render_lines(line, inside))
        if room < 0:
            break
        fitting.insert(0, line)
    return fitting
