"""Read Asterisk's configuration files as its main/config.c does, so that tests see what Asterisk would
see.
"""

from collections.abc import Iterator


def uncommented(line: str) -> str:
    """Return a line without its comment; ``\\;`` stands for a semicolon."""
    text = ""
    rest = line
    while (place := rest.find(";")) >= 0:
        if place and rest[place - 1] == "\\":
            text += rest[: place - 1] + ";"
            rest = rest[place + 1 :]
            continue
        assert not rest.startswith(";--", place) or rest.startswith(";---", place), "a block comment begins"
        return text + rest[:place]
    return text + rest


def entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Return the section, key and value of each line; for Asterisk, only ``\\n`` ends a line."""
    section = ""
    for line in text.split("\n"):
        content = uncommented(line).strip(" ")
        if content.startswith("["):
            section = content[1 : content.index("]")]
            yield section, "", ""
        elif content.startswith("#"):
            yield section, "#directive", content
        elif content:
            key, equals, value = content.partition("=")
            assert equals, f"no = in {content!r}"
            yield section, key.strip(" "), value.removeprefix(">").strip(" ")


def sections(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return the sections of pjsip.conf by their name and type."""
    found: list[tuple[str, dict[str, str]]] = []
    for section, key, value in entries(text):
        if not key:
            found.append((section, {}))
        else:
            found[-1][1][key] = value
    return {(name, options.get("type", "")): options for name, options in found}
