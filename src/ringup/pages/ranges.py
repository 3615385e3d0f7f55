"""The meaning of a request's conditions and ranges, invalid ones included; pure functions that never raise.

Source: RFC 9110 §8.8.3 (entity tags), §13.1 (conditions), §14.1 and §14.2 (ranges).
"""

import re

LONGEST_NUMBER = 18
"""Maximum number of digits of a position in a file. A longer one is invalid, and Python limits the digits
that it converts.
"""

_ONE_RANGE = re.compile(
    rf"bytes=[ \t]*([0-9]{{0,{LONGEST_NUMBER}}})-([0-9]{{0,{LONGEST_NUMBER}}})[ \t]*", re.IGNORECASE
)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def wanted_part(header: str, size: int) -> range | None:
    """Return the positions of a file of `size` bytes that a ``Range`` requests.

    None stands for the complete file: the header is invalid, or requests several parts, which a server need
    not support. An empty range means that no byte of the range exists, which is status 416.
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
    """Return whether a list of entity tags, or ``*``, contains this strong tag; weak tags count only when
    `weakly`.
    """
    if header.strip() == "*":
        return True
    return any(found[1] == tag and (weakly or found[0] == tag) for found in _TAG.finditer(header))


def _the_last(count: int, size: int) -> range:
    return range(max(size - count, 0), size)
