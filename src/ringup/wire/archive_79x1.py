"""Compute the length of the archive in a `.sbn` file of a 7906 to 7975, to detect a truncated file.

    0x00   CNU_File_Archive_3.0, NUL up to 0x2F
    0x30   number of files, big-endian
    0x34   where the data begins, big-endian
    0x248  20 bytes per file: type, 2, size, time, offset of the name

Source: measured on 78 genuine files (docs/reference/firmware-container.md#other-models).
"""

MARK = b"CNU_File_Archive_3.0"
COUNT_START, DATA_START, ENTRIES_START, ENTRY_LENGTH = 0x30, 0x34, 0x248, 20
MOST_ENTRIES = 4096
"""Maximum number of entries. Genuine archives have under 100; a damaged number must not cost time."""
_SIZE_IN_ENTRY = 8


def length_of(payload: bytes) -> int | None:
    """Return the right size of the archive in bytes; None if its table is truncated or impossible."""
    count, start = (int.from_bytes(payload[at : at + 4], "big") for at in (COUNT_START, DATA_START))
    if count > MOST_ENTRIES or len(payload) < ENTRIES_START + count * ENTRY_LENGTH:
        return None
    places = range(ENTRIES_START + _SIZE_IN_ENTRY, ENTRIES_START + count * ENTRY_LENGTH, ENTRY_LENGTH)
    length = start + sum(int.from_bytes(payload[at : at + 4], "big") for at in places)
    # Two genuine builds have a line feed after the archive.
    return length + (len(payload) == length + 1 and payload.endswith(b"\n"))
