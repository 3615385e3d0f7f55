"""The effect of REWRITE and USER on the digits that a complete rule has matched.

Source: P-DIAL-16 to P-DIAL-18.
"""

from itertools import pairwise

from ringup.dial.pattern import START, Element, Kind, State, Template, elements, states

MOST_GROUPS = 5
LONGEST_NUMBER = 255
"""Maximum number of characters of a number that the phone dials."""


def rewritten(template: Template, keys: str) -> str:
    """Return the number that a complete rule dials for these digits, without USER."""
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
    # If REWRITE produces nothing, the phone dials the digits unchanged.
    return (written or keys)[:LONGEST_NUMBER]


def with_user(number: str, user: str) -> str:
    """Return the number as USER changes it: the parameter goes inside a final ``>``."""
    if not user:
        return number
    return f"{number[:-1]};user={user}>" if number.endswith(">") else f"{number};user={user}"


def number_of_groups(match: str) -> int:
    """Count the groups of a MATCH: each run of dots, and each star, is a group. REWRITE can use only the
    first MOST_GROUPS.
    """
    return sum(element.kind is not Kind.LITERAL and not element.joins for element in elements(match))


def groups(match: str, keys: str) -> list[str]:
    """Return the digits of each group, of MOST_GROUPS at most.

    A group begins at a star, at a dot without a dot before it, and at a dot that matches ``*`` or ``+``. The
    phone stores only where a group begins and its number of digits. The digits of a sixth group, after its
    first, lengthen the fifth, which then holds the digits that follow its own.
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
