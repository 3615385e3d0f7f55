"""Parse the output of Asterisk's console, versions 16 to 22, chan_sip and PJSIP."""

import re

from ringup.check.facts import Transport

_PERMISSION = re.compile(r"^\s*(read|write) perm: *(.*)$", re.MULTILINE)
_MODULE = re.compile(r"^(\S+\.so)\s.*\s(?:Running|Not Running)\s+\S+\s*$", re.MULTILINE)
_APPLICATION = re.compile(r"^\s*(\w+): ", re.MULTILINE)
_TRANSPORT = re.compile(r"^Transport:\s+([^\s<]\S*)\s+(\S+)\s+\S+\s+\S+\s+(\S+)\s*$", re.MULTILINE)
_BOX = re.compile(r"^(\S+)\s+(\S+)\s.*\d+\s*$", re.MULTILINE)
_CONTEXT = re.compile(r"^\[ (?:Included )?[Cc]ontext '([^']*)' created by", re.MULTILINE)
_OPTION = re.compile(r"^\s*\*?\s*([A-Za-z0-9_][^:]*?)\s*: ?(.*)$", re.MULTILINE)


def permissions(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the read and write permissions that ``manager show user`` prints."""
    found = {kind: frozenset(value.strip().split(",")) for kind, value in _PERMISSION.findall(text)}
    return found.get("read", frozenset()), found.get("write", frozenset())


def modules(text: str) -> frozenset[str]:
    """Return the running modules that ``module show`` prints."""
    return frozenset(
        match[1] for match in _MODULE.finditer(text) if not re.search(r"\sNot Running\s", match[0])
    )


def applications(text: str) -> frozenset[str]:
    """Return the applications of ``core show applications``, in lower case."""
    return frozenset(name.lower() for name in _APPLICATION.findall(text))


def transports(text: str) -> tuple[Transport, ...]:
    """Return the transports that ``pjsip show transports`` prints."""
    return tuple(Transport(*match) for match in _TRANSPORT.findall(text))


def boxes(text: str) -> frozenset[str]:
    """Return the mailboxes of ``voicemail show users``, like ``201@ringup``."""
    return frozenset(f"{box}@{context}" for context, box in _BOX.findall(text) if context != "Context")


def contexts(text: str) -> frozenset[str]:
    """Return the contexts that ``dialplan show`` prints."""
    return frozenset(_CONTEXT.findall(text))


def options(text: str) -> dict[str, str]:
    """Return the options of ``pjsip show endpoint`` or ``sip show peer``; none for an unknown name."""
    return {name: value.strip() for name, value in _OPTION.findall(text)}
