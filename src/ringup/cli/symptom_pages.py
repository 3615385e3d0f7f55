"""The pages "The display says …" of docs/how-to/the-display-says, generated from the doctor's tables."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from ringup.cli.causes_page import symptom
from ringup.doctor.rules.table import RULES
from ringup.doctor.screen import SCREEN_TEXTS, ScreenText

CAUSES, FACTS = "../../reference/causes.md", "../../reference/phones.md"
LADDERS = "../../reference/ladders.md"

EXAMPLES = {
    "extension": "201",
    "listens": "5060",
    "load": "P0S3-8-12-00",
    "mac": "001646C0FFEE",
    "right": "P0S3-8-12-00",
    "setting": "force_rport=no in its endpoint (chan_sip: nat=no in its peer)",
    "settings": "force_rport=no (chan_sip: nat=no)",
    "vlan": "120",
}
"""Values for the names in braces in the rules' texts. A text with another name is left out."""

_INDEX = """\
# The display says …

Each page explains one text on the phone's display: its meaning, its causes, the usual one first, and the
commands. `tools/symptom-pages` generates the pages from the tables of `ringup why`, which knows the same
texts:

    ringup why --screen "{example}"

| the display says | models | meaning |
|---|---|---|
"""

_ASK = """\
`ringup why` finds out which cause applies to one phone, and quotes the events that prove it:

    ringup why 201 --screen "{text}"
"""

_EXPLAIN = """\
`ringup why` explains the same text:

    ringup why --screen "{text}"
"""

_PHONE = {"It ": "The phone ", "Its ": "The phone's "}


def file_name(row: ScreenText) -> str:
    """Return the name of the page about one text."""
    return "-".join(re.findall(r"[a-z0-9]+", row.text.lower())) + ".md"


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {"index.md": _index()} | {file_name(row): _page(row) for row in SCREEN_TEXTS}


def _index() -> str:
    rows = [f"| [{row.text}]({file_name(row)}) | {row.models} | {_meaning(row)} |\n" for row in SCREEN_TEXTS]
    return _INDEX.format(example=SCREEN_TEXTS[0].text) + "".join(rows)


def _page(row: ScreenText) -> str:
    parts = [
        f"# The display says: {row.text}\n",
        f"Shown by: {row.models}. Source: [{row.source}]({FACTS}).\n",
        f"{_meaning(row)}\n",
        f"**Do next.** {_escaped(row.next)}\n",
        (_ASK if row.causes else _EXPLAIN).format(text=row.text),
    ]
    if row.causes:
        parts.append("## Causes, the usual one first\n")
        parts += [part for code in row.causes for part in _cause(code)]
    parts.append("[All texts on the display](index.md)\n")
    return "\n".join(parts)


def _meaning(row: ScreenText) -> str:
    """Return the meaning as a sentence that names the phone."""
    for word, words in _PHONE.items():
        if row.meaning.startswith(word):
            return _escaped(words + row.meaning.removeprefix(word))
    return _escaped(row.meaning)


def _cause(code: str) -> Iterator[str]:
    """Yield the paragraphs about one cause; `ringup why` fills in the values of the phone."""
    rule = RULES[code]
    yield f"### {code}\n"
    yield f"{symptom(code)}\n"
    texts = [_filled(text) for text in (rule.cause, rule.cure)]
    if any(texts):
        yield f"{_escaped(' '.join(filter(None, texts)))}\n"
    commands = [_filled(command) for command in rule.commands]
    if commands and all(commands):
        yield "".join(f"    {command}\n" for command in commands)
    yield f"Evidence and an example: [{code}]({CAUSES}#{code}); its messages: [diagram]({LADDERS}#{code}).\n"


def _filled(text: str) -> str:
    """Return the text with the example values; an empty text if one is missing."""
    names = {name for _text, name, _format, _conversion in Formatter().parse(text) if name}
    return text.format_map(EXAMPLES) if names <= EXAMPLES.keys() else ""


def _escaped(text: str) -> str:
    """Return the text with its file names and angle brackets in a form that Markdown shows unchanged."""
    return re.sub(r"\S*<\w+>[\w.]*", lambda name: f"`{name[0]}`", text).replace("&", "&amp;")


def write(folder: Path) -> None:
    """Write the pages, and remove pages about texts that the table no longer has."""
    folder.mkdir(exist_ok=True)
    made = pages()
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
