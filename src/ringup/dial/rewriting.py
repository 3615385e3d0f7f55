"""What REWRITE and USER make of the keys that a complete rule has taken. Source: P-DIAL-16 to P-DIAL-18."""

from itertools import pairwise

from ringup.dial.pattern import START, Element, Kind, State, Template, elements, states

MOST_GROUPS = 5
LONGEST_NUMBER = 255
"""Characters of a dial string."""


def rewritten(template: Template, keys: str) -> str:
    """What a complete rule dials for these keys; without USER."""
    if not template.rewrite:
        return keys[:LONGEST_NUMBER]
    found = groups(template.match, keys)
    values = {"s": keys, "0": keys} | {str(number): "" for number in range(1, MOST_GROUPS + 1)}
    values |= {str(number): text for number, text in enumerate(found, 1)}
    matched = iter("".join(found))
    written = ""
    letters = iter(template.rewrite)
    for letter in letters:
        if letter == ".":
            written += next(matched, "")
        elif letter == "%":
            name = next(letters, "")
            written += values.get(name, name)
        else:
            written += letter
    # A REWRITE that writes nothing leaves the number that was dialled.
    return (written or keys)[:LONGEST_NUMBER]


def with_user(number: str, user: str) -> str:
    """The number as USER changes it: the parameter goes inside a final ``>``."""
    if not user:
        return number
    return f"{number[:-1]};user={user}>" if number.endswith(">") else f"{number};user={user}"


def number_of_groups(match: str) -> int:
    """Runs of dots, and stars: of more than MOST_GROUPS the rest cannot be written."""
    return sum(element.kind is not Kind.LITERAL and not element.joins for element in elements(match))


def groups(match: str, keys: str) -> list[str]:
    """What the groups took, MOST_GROUPS at most.

    A group begins at a star, at a dot that no dot precedes, and at a dot that takes ``*`` or ``+``. The phone
    keeps where a group begins and how many keys it has: those that a sixth group takes after its first only
    lengthen the fifth, which then holds the keys that follow its own.
    """
    found: list[list[int]] = []
    walked = states(match, keys) or [START]
    for at, (before, after) in enumerate(pairwise(walked)):
        element = elements(match)[after.taken - 1]
        if element.kind is Kind.LITERAL:
            continue
        if _continues(element, before, after, keys[at]):
            found[-1][1] += 1
        elif len(found) < MOST_GROUPS:
            found.append([at, 1])
    return [keys[start : start + length] for start, length in found]


def _continues(element: Element, before: State, after: State, key: str) -> bool:
    if element.kind is Kind.STAR:
        return before.taken == after.taken
    return element.joins and key.isdecimal()
