"""Read and write the guests (unknown phones with a guest's account), and the codes that they may dial."""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, insert, select, update

from ringup.site.guests import Guest
from ringup.store.database import reading, writing
from ringup.store.tables import claim_codes, guests


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """A code with which a guest claims a phone's record."""

    code: str
    mac: str
    """The MAC of the record that waits for its phone."""
    until: float
    """The end of the code, in Unix seconds."""


def read_guests(engine: Engine) -> tuple[Guest, ...]:
    """Return every guest, by the number of its account."""
    with reading(engine) as connection:
        rows = connection.execute(select(guests).order_by(guests.c.number)).mappings()
        return tuple(Guest(**row) for row in rows)


def guest_of(engine: Engine, mac: str) -> Guest | None:
    """Return the guest with this MAC; None: the phone is not a guest."""
    with reading(engine) as connection:
        row = connection.execute(select(guests).where(guests.c.mac == mac)).mappings().one_or_none()
        return Guest(**row) if row else None


def add_guest(engine: Engine, guest: Guest) -> None:
    """Store a new guest, whose number must be free."""
    with writing(engine) as connection:
        connection.execute(insert(guests).values(asdict(guest)))


def save_guest(engine: Engine, guest: Guest) -> None:
    """Store a guest that has changed; nothing happens if it was removed."""
    with writing(engine) as connection:
        connection.execute(update(guests).where(guests.c.mac == guest.mac).values(asdict(guest)))


def remove_guest(engine: Engine, mac: str) -> None:
    """Remove a guest, so that its account is free."""
    with writing(engine) as connection:
        connection.execute(delete(guests).where(guests.c.mac == mac))


def read_codes(engine: Engine, now: float) -> tuple[ClaimCode, ...]:
    """Return the codes that have not ended at `now`, in Unix seconds, by MAC."""
    query = select(claim_codes).where(claim_codes.c.until > now).order_by(claim_codes.c.mac)
    with reading(engine) as connection:
        return tuple(ClaimCode(**row) for row in connection.execute(query).mappings())


def save_code(engine: Engine, code: ClaimCode, now: float) -> None:
    """Store a code in place of an earlier one of the same record; ended codes are deleted."""
    with writing(engine) as connection:
        old = (claim_codes.c.mac == code.mac) | (claim_codes.c.until <= now)
        connection.execute(delete(claim_codes).where(old))
        connection.execute(insert(claim_codes).values(asdict(code)))


def remove_code(engine: Engine, code: str) -> None:
    """Remove a code that was used."""
    with writing(engine) as connection:
        connection.execute(delete(claim_codes).where(claim_codes.c.code == code))
