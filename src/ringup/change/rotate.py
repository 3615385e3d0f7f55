"""Give lines new secrets, phone by phone; an interrupted rotation continues with the remaining phones.

The remaining phones are known without a list: they are the phones whose old secrets Asterisk still accepts.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ringup.change.gather import journeys_of
from ringup.change.site import keep_old
from ringup.change.stored_site import opened, opened_to_change
from ringup.phone.forced_keys import other_spelling
from ringup.site.held import with_held
from ringup.site.rows import Plain
from ringup.site.secret import generate
from ringup.store.held_secrets import read_held, release
from ringup.store.revisions import latest_change, read_revision, read_site

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ringup.change.restart_step import Restarting
    from ringup.site.model import Site


def new_secrets(macs: Collection[str], make: Callable[[], str] = generate) -> Callable[[Plain], None]:
    """Return the change that gives every line of these phones a new secret.

    The change may be repeated; it gives the same secrets each time.
    """
    made: dict[tuple[str, str], str] = {}

    def change(data: Plain) -> None:
        for phone in data["phones"]:
            for line in phone["lines"] if phone["mac"] in macs else ():
                line.pop(other_spelling("secret"), None)
                line["secret"] = made.setdefault((phone["mac"], line["extension"]), make())

    return change


@dataclass(frozen=True, slots=True)
class InterruptedRotation:
    """The phones that an interrupted rotation left.

    Asterisk still has their old secrets, but their files contain the new ones.
    """

    registered: tuple[str, ...]
    """MACs of the phones that still use the old secrets."""
    off: tuple[str, ...]
    """MACs of the phones that are not registered; they fetch the new secrets when they next start."""
    restarted: tuple[str, ...] = ()
    """MACs of the phones of the same change that have restarted, so that they and Asterisk have the new
    secrets.
    """

    def __bool__(self) -> bool:
        return bool(self.registered or self.off)


def left(database: str) -> InterruptedRotation:
    """Return the remaining phones of an interrupted rotation."""
    with opened(database) as engine:
        return _left(engine, read_site(engine))


def _left(engine: "Engine", site: "Site") -> InterruptedRotation:
    held = {each.mac for each in read_held(engine)}
    macs = [phone.mac for phone in site.phones if phone.mac in held]
    journeys = journeys_of(engine, macs) if macs else {}
    registered = tuple(mac for mac in macs if mac in journeys and journeys[mac].registered)
    restarted = _restarted(engine, held) if macs else ()
    return InterruptedRotation(registered, tuple(mac for mac in macs if mac not in registered), restarted)


def _restarted(engine: "Engine", held: Collection[str]) -> tuple[str, ...]:
    """Return the phones whose secrets the latest change renewed, and whose old secrets are no longer in
    use.
    """
    latest = read_revision(engine, latest_change(engine))
    phones = {name.partition(" ")[2]: name for name in latest.after if name.startswith("phone ")}
    return tuple(
        mac
        for mac, name in phones.items()
        if mac not in held and _secrets(latest.after[name]) != _secrets(latest.before.get(name, {}))
    )


def _secrets(record: Mapping[str, Any]) -> list[str]:
    return [line["secret"] for line in record.get("lines", ())]


def resume(database: str, how: "Restarting") -> str:
    """Restart the remaining phones, reload Asterisk, and return sentences about both.

    Raises OutsideError if Asterisk cannot be reached at the beginning; nothing was changed then.
    """
    from ringup.change.pbx_steps import follow_release
    from ringup.change.restart_step import restart_step

    with opened_to_change(database) as engine:
        site = read_site(engine)
        phones = _left(engine, site)
        step = restart_step(engine, how, phones.registered, len(phones.off), None, partial(keep_old, engine))
        done = step.follow(site)
        if release(engine, phones.off):
            follow_release(with_held(read_site(engine), read_held(engine)))
        return done
