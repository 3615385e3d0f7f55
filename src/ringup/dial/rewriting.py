"""Apply REWRITE and USER to the digits that a complete rule has matched.

Source: P-DIAL-16 to P-DIAL-18.
"""

from itertools import pairwise

from ringup.dial.pattern import START, Element, Kind, State, Template, elements, states

MOST_GROUPS = 5
LONGEST_NUMBER = 255
"""Maximum number of characters of a number that the phone dials."""


def rewritten(template: Template, keys: str) -> str:
    """Return the number that a complete rule dials for these digits, before USER is applied."""
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
    # If the result of REWRITE is empty, the phone dials the digits unchanged.
    return (written or keys)[:LONGEST_NUMBER]


def with_user(number: str, user: str) -> str:
    """Return the number with the parameter that USER adds; it is inserted before a final ``>``."""
    if not user:
        return number
    return f"{number[:-1]};user={user}>" if number.endswith(">") else f"{number};user={user}"


def number_of_groups(match: str) -> int:
    """Return the number of groups in a MATCH; each run of dots and each star is a group.

    REWRITE can use only the first MOST_GROUPS groups.
    """
    return sum(element.kind is not Kind.LITERAL and not element.joins for element in elements(match))


def groups(match: str, keys: str) -> list[str]:
    """Return the digits of each group, for at most MOST_GROUPS groups.

    A group begins at a star, at a dot that does not follow another dot, and at a dot that matches ``*`` or
    ``+``. For each group, the phone stores only its start and its number of digits. A sixth group is not
    stored. Instead, all of its digits but the first lengthen the fifth group, which then contains the digits
    that follow it.
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
