"""Describe everything known about one `.cnf` parameter."""

from collections.abc import Iterator

from ringup.phone.parameters import Parameter

CONFIDENCE = {
    "D": "documented by Cisco, or in its published source",
    "L": "seen in a real file or log",
    "I": "inferred from these",
    "R": "from memory only: verify before you rely on it",
}


def facts(row: Parameter) -> Iterator[tuple[str, str]]:
    """Return all facts about a parameter; the first has no heading."""
    yield "", row.meaning
    yield "  values", values(row)
    yield "  default", shown(row.default)
    yield (
        "  file",
        f"usually {row.file}; the phone reads it from either file" if row.file != "either" else "either",
    )
    yield "  firmware", releases(row)
    yield "  a change takes effect", "after a restart" if row.needs_restart else "at once"
    if row.record:
        yield "  set by", f"ringup, from {row.record}; change that instead"
    yield "  source", f"{row.source} ({CONFIDENCE[row.confidence]})"


def values(row: Parameter) -> str:
    """Return the values that a parameter takes, in a few words."""
    if row.values:
        return ", ".join(row.values)
    parts = [str(row.kind) if row.kind != "switch" else "0 or 1"]
    if row.least is not None and row.most is not None:
        parts.append(f"{row.least}-{row.most}")
    elif row.least is not None:
        parts.append(f"from {row.least}")
    if row.longest is not None:
        parts.append(f"up to {row.longest} characters")
    return ", ".join([*parts, *(["even"] if row.even else [])])


def shown(default: str | None) -> str:
    """Return a default in readable form."""
    return "unknown" if default is None else default or "(empty)"


def releases(row: Parameter) -> str:
    """Return which releases are known to have the parameter."""
    last = row.until or "8.12 (the last release)"
    return f"{row.since} to {last}" if row.since else f"up to {last}; first release unknown"
