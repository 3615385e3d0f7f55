"""Read and write the pins: the address that each phone's own files go to, for `serve --owners pin`."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import Engine, delete, func, insert, or_, select

from ringup.store.database import reading, writing
from ringup.store.tables import pins


class PinnedBy(StrEnum):
    """The cause of a pin."""

    REQUEST = "first request"
    """The address was the first to request the phone's own file."""
    NEIGHBOUR = "neighbour"
    """The kernel's neighbour table showed the phone's MAC at this address."""
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Pin:
    """One phone and its address; a phone has at most one pin, and so has an address."""

    mac: str
    address: str
    at: float
    """POSIX seconds."""
    by: PinnedBy


def read_pins(engine: Engine) -> list[Pin]:
    """Return every pin, by MAC."""
    with reading(engine) as connection:
        rows = connection.execute(select(pins).order_by(pins.c.mac)).mappings()
        return [Pin(**{**row, "by": PinnedBy(row["by"])}) for row in rows]


def pin_of(engine: Engine, mac: str) -> Pin | None:
    """Return the pin of one phone; None: it has none."""
    with reading(engine) as connection:
        row = connection.execute(select(pins).where(pins.c.mac == mac)).mappings().one_or_none()
        return Pin(**{**row, "by": PinnedBy(row["by"])}) if row else None


def pins_state(engine: Engine) -> tuple[int, float]:
    """Return the number of pins and the time of the newest one; the pair differs after each change."""
    with reading(engine) as connection:
        number = func.count(), func.coalesce(func.max(pins.c.at), 0.0)
        count, newest = connection.execute(select(*number)).one()
        return int(count), float(newest)


def save_pins(engine: Engine, changed: Iterable[Pin]) -> None:
    """Store these pins, and remove the other pins of their phones and addresses."""
    with writing(engine) as connection:
        for pin in changed:
            replaced = or_(pins.c.mac == pin.mac, pins.c.address == pin.address)
            connection.execute(delete(pins).where(replaced))
            connection.execute(insert(pins).values(asdict(pin)))


def remove_pin(engine: Engine, mac: str) -> bool:
    """Remove a phone's pin; return whether it had one."""
    with writing(engine) as connection:
        return connection.execute(delete(pins).where(pins.c.mac == mac)).rowcount > 0
