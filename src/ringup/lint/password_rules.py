"""C34x: rules about passwords that several phones share or that are easy to guess."""

from collections.abc import Iterator

from ringup.finding import WARNING
from ringup.lint.bundle import Bundle, PhoneSettings
from ringup.lint.finding import CodedRule, Occurrence, seen
from ringup.lint.kinds import ContentKind
from ringup.lint.phone_rules import used_lines
from ringup.lint.value_faults import placeholder_in

SHORTEST_STRONG = 8
"""Minimum number of characters of a password that is not weak because of its length alone."""
COMMON = frozenset(
    ("password", "passw0rd", "asterisk", "12345678", "123456789", "cisco123", "changeme", "secret123")
)
NAMED = 3
"""Maximum number of files that a finding lists by name; it gives only the number of the other files."""


def is_weak(password: str, name: str) -> bool:
    """Return whether a line's password is easy to guess: short, digits only, common, or the line's own
    name.
    """
    plain = password.lower()
    is_name = bool(name) and name.lower() in plain
    return len(password) < SHORTEST_STRONG or password.isdigit() or plain in COMMON or is_name


def _accounts(phone: PhoneSettings) -> Iterator[tuple[int, str]]:
    """Yield the number and password of each line in use; lines 2 to 6 inherit line 1's password."""
    first = phone.values.get("line1_password", "")
    for n in used_lines(phone):
        password = phone.values.get(f"line{n}_password") or first
        if password and not placeholder_in(password):
            yield n, password


def _weak_on_several(bundle: Bundle) -> Iterator[Occurrence]:
    places: dict[str, dict[str, tuple[PhoneSettings, int]]] = {}
    for phone in bundle.phones:
        for n, password in _accounts(phone) if phone.own.kind is ContentKind.PHONE else ():
            if is_weak(password, phone.values.get(f"line{n}_name", "")):
                places.setdefault(password, {}).setdefault(phone.own.path, (phone, n))
    for found in places.values():
        if len(found) > 1:
            (first, n), *others = found.values()
            yield _shared(first, n, [phone.own.name for phone, _ in others])


def _shared(phone: PhoneSettings, line: int, others: list[str]) -> Occurrence:
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    message = f"This phone shares one weak password with {', '.join(others[:NAMED])}{more}."
    name = f"line{line}_password"
    file, number = phone.place(name if phone.values.get(name) else "line1_password")
    return seen(file, number, message, "Give each phone a different, long password.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("C341", WARNING, "weak password on several phones", _weak_on_several),
)
