"""A drawing of a phone's screen, made from its record and its events."""

from ringup.emulator.display.shown import DisplayState, LineIcon, LineLabel
from ringup.fleet.rows import STATES, FleetRow
from ringup.journey.stages import IN_SERVICE, UP, stage

WAITING = "Waiting for its first packet"


def screen_png(row: FleetRow) -> bytes | None:
    """Return the drawing as PNG; None without the package pillow, which draws it."""
    try:
        from ringup.emulator.display.drawing import png_of
    except ImportError:
        return None
    return png_of(screen_of(row))


def screen_of(row: FleetRow) -> DisplayState:
    """Return what the screen shows as far as the events tell it."""
    is_up = row.journey.stage in UP
    lines = row.phone.lines if row.phone else ()
    return DisplayState(
        label=row.name[:11] if row.phone else "",
        has_sip_mark=is_up,
        lines=[
            LineLabel(line.short_name or line.extension, _icon(row, line.extension)) for line in lines
        ] if is_up else (),
        title="" if is_up else stage(row.journey.stage).title,
        rows=_rows(row),
        prompt="" if row.journey.stage in IN_SERVICE else STATES[row.state].words,
        soft_keys=("Redial", "NewCall", "", "more") if is_up else ("", "", "", ""),
        has_lamp=row.journey.messages_waiting > 0,
    )  # fmt: skip


def _icon(row: FleetRow, extension: str) -> LineIcon:
    if any(call.extension == extension for call in row.journey.in_call):
        return LineIcon.BUSY
    return LineIcon.IDLE if extension in row.journey.registered else LineIcon.UNREGISTERED


def _rows(row: FleetRow) -> list[str]:
    journey = row.journey
    if journey.progress is not None:
        return [f"{journey.progress} %"]
    if journey.in_call:
        return [f"{call.extension}: {call.to}" for call in journey.in_call][:4]
    return [] if journey.last_at else [WAITING]
