"""The man pages, made from the commands themselves: `python -m ringup.cli.manual FOLDER` writes them.

There is one page per command, as git has: ringup(1), ringup-serve(1), ringup-phone-add(1). Format: man(7).
"""

import re
import sys
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path

import click

from ringup import __version__
from ringup.cli.main import COMMANDS, CONFIG_FILE, cli
from ringup.store.place import SITE_FOLDER

FILES = (
    (f"{SITE_FOLDER}/ringup.db", "The site, leases and events; ringup.db-wal and -shm belong to it."),
    (f"{SITE_FOLDER}/firmware", "Firmware packages."),
    (f"{SITE_FOLDER}/files", "Files of your own: ring tones, logos."),
    (str(CONFIG_FILE), "Defaults of options: one table per command."),
)

_PLAIN = "\b"
"""click's mark for a paragraph that must not be rewrapped."""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each page, first those of `ringup`."""
    root = click.Context(cli, info_name="ringup", **cli.context_settings)
    yield from _pages(cli, root)


def _pages(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    name = context.command_path.replace(" ", "-")
    yield name, "\n".join(_page(name, command, context)) + "\n"
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            part = command.get_command(context, word)
            if part is not None and not part.hidden:
                yield from _pages(part, click.Context(part, info_name=word, parent=context))


def _page(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f'.TH {name.upper()} 1 "" "ringup {__version__}" "ringup"'
    yield f".SH NAME\n{_escaped(name)} \\- {_escaped(_summary(name, command))}"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SH SYNOPSIS\n\\fB{_escaped(context.command_path)}\\fR {_escaped(usage)}"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(command.help or "")
    yield from _list("COMMANDS", _commands(command, context))
    yield from _list("OPTIONS", _options(command, context))
    if command.epilog:
        yield ".SH NOTES" if name == "ringup" else ".SH EXAMPLES"
        yield from _paragraphs(re.sub(r"^\s*\x08?\s*Examples?:", "\b", command.epilog, count=1))
    if name == "ringup":
        yield from _list("FILES", FILES)
    yield from _see_also(name, command, context)


def _summary(name: str, command: click.Command) -> str:
    words = name.split("-")
    text = COMMANDS[words[1]][1] if len(words) == 2 else command.get_short_help_str(200)
    return text.rstrip(".")


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            part = command.get_command(context, word)
            if part is not None and not part.hidden:
                path = f"{context.command_path} {word}"
                yield path, _summary(path.replace(" ", "-"), part) + "."


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            yield record


def _see_also(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    others = [each for each, _ in _commands(command, context)] if isinstance(command, click.Group) else []
    above = [name.rpartition("-")[0]] if "-" in name else []
    names = [*above, *(each.replace(" ", "-") for each in others)]
    yield ".SH SEE ALSO"
    yield ",\n".join(f"\\fB{_escaped(each)}\\fR(1)" for each in names)


def _list(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    shown = list(entries)
    if shown:
        yield f".SH {title}"
    for term, text in shown:
        yield f".TP\n\\fB{_escaped(term)}\\fR\n{_escaped(text)}"


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs; a paragraph with click's mark keeps its lines."""
    for paragraph in re.split(r"\n\s*\n", cleandoc(text)):
        lines = [line.replace(_PLAIN, "") for line in paragraph.splitlines()]
        kept = _escaped("\n".join(line.rstrip() for line in lines).strip("\n"))
        if kept:
            yield f".PP\n.nf\n{kept}\n.fi" if _PLAIN in paragraph else f".PP\n{kept}"


def _escaped(text: str) -> str:
    """Escape the characters that roff would interpret: a backslash, a hyphen, and a dot or a quote at the
    start of a line.
    """
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", safe, flags=re.MULTILINE)


def write_pages(folder: Path) -> None:
    """Write every page into the folder, which must exist."""
    for name, text in pages():
        (folder / f"{name}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
