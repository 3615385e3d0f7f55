"""Unwrap log lines that a program stores inside JSON: `journalctl -o json`, Docker's json-file driver.

Sources: systemd.journal-fields(7) and journalctl(1) "json"; Docker's documentation of the json-file driver.
"""

import json
from typing import Any

_MICROSECONDS = 6
"""Number of decimal digits of a second in ``__REALTIME_TIMESTAMP``."""


def unwrapped(line: str) -> str:
    """Return the line inside a JSON object, as the program wrote it; return any other line unchanged."""
    if not line.lstrip().startswith("{"):
        return line
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(record, dict):
        return line
    return _of_the_journal(record) or _of_docker(record) or line


def _of_the_journal(record: dict[str, Any]) -> str:
    message, at = record.get("MESSAGE"), str(record.get("__REALTIME_TIMESTAMP", ""))
    if isinstance(message, list):  # journald writes a message that is not UTF-8 as an array of bytes
        message = bytes(byte & 0xFF for byte in message if isinstance(byte, int)).decode("utf-8", "replace")
    if not isinstance(message, str) or not message:
        return ""
    stamp = f"{at[:-_MICROSECONDS]}.{at[-_MICROSECONDS:]} " if at.isascii() and at.isdigit() else ""
    program = record.get("SYSLOG_IDENTIFIER") or record.get("_COMM") or ""
    process = record.get("SYSLOG_PID") or record.get("_PID") or ""
    head = f"{program}[{process}]: " if program and process else f"{program}: " if program else ""
    return f"{stamp}{head}{message}"


def _of_docker(record: dict[str, Any]) -> str:
    message, at = record.get("log"), record.get("time", "")
    return f"{at} {message.rstrip()}" if isinstance(message, str) and isinstance(at, str) else ""
