"""Interpret the conditions and ranges of a request, even invalid ones, with pure functions that never raise.

Source: RFC 9110 §8.8.3 (entity tags), §13.1 (conditions), §14.1 and §14.2 (ranges).
"""

import re

LONGEST_NUMBER = 18
"""Maximum number of digits of a position in a file.

A longer number is invalid. The limit is necessary because Python raises an error for very long numbers.
"""

_ONE_RANGE = re.compile(
    rf"bytes=[ \t]*([0-9]{{0,{LONGEST_NUMBER}}})-([0-9]{{0,{LONGEST_NUMBER}}})[ \t]*", re.IGNORECASE
)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def wanted_part(header: str, size: int) -> range | None:
    """Return the positions in a file of `size` bytes that a ``Range`` header requests.

    None stands for the complete file: the header is invalid, or it requests several parts, which a server
    need not support. An empty range means that no byte of the requested range exists; the status is then 416.
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None:
        return None
    first, last = found[1], found[2]
    if not first:
        return _the_last(int(last), size) if last else None
    start, end = int(first), int(last) if last else size - 1
    if end < start and last:
        return None
    return range(start, min(end + 1, size)) if start < size else range(0)


def lists_tag(header: str, tag: str, *, weakly: bool) -> bool:
    """Return whether a list of entity tags, or ``*``, contains this strong tag.

    Weak tags in the list count only with `weakly`.
    """
    if header.strip() == "*":
        return True
    return any(found[1] == tag and (weakly or found[0] == tag) for found in _TAG.finditer(header))


def _the_last(count: int, size: int) -> range:
    return range(max(size - count, 0), size)
