"""Check that the address books of the phones' directory can be read."""

from collections.abc import Iterator, Sequence

from ringup.check.facts import Facts
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, Rule, known
from ringup.site.directory_record import DirectorySource
from ringup.store.books import BookState


def _books(facts: Facts) -> Iterator[Found]:
    states = {state.name: state for state in known(facts.books)}
    for source in facts.site.directory:
        state = states.pop(source.name, None)
        if state is None or state.origin != source.origin:
            yield _unread(source)
        else:
            yield from _of(state)
    for state in states.values():
        if state.name.startswith("/"):  # a file of the command line; another source is no longer in the site
            yield from _of(state)


def _unread(source: DirectorySource) -> Found:
    return Found(
        f"The address book {source.name} has not been read yet.",
        "`ringup serve` reads it within seconds. To read it now:",
        (f"ringup directory read {source.name}",),
        WARNING,
    )


def _of(state: BookState) -> Iterator[Found]:
    if state.fault:
        stay = f"Its {state.count} last names stay." if state.read_at else "Its names are missing."
        yield Found(f"The address book {state.name} cannot be read: {state.fault} {stay}", state.cure)
    elif state.left_out:
        yield Found(
            f"Names of the address book {state.name} are left out: {state.left_out}",
            "Correct them in the address book.",
            severity=WARNING,
        )


def _seen(facts: Facts) -> str:
    states: Sequence[BookState] = known(facts.books)
    if not states:
        return "the site's own lines only"
    books = f"{len(states)} address book{'' if len(states) == 1 else 's'}"
    return f"{books}, {sum(state.count for state in states):,} names"


RULES: tuple[Rule[Facts], ...] = (Rule("directory", "phones' directory", ERROR, _books, _seen),)
