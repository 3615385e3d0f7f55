"""The manual's pages about causes, and docs/reference/causes.md, which is made of them."""

import re
from functools import cache
from importlib.resources import files
from types import ModuleType

from ringup.doctor.rules.table import MODULES

_SECTION = re.compile(r"^## (\S+)\n\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)

_HEAD = """\
# Causes that ringup why names

Written by `tools/causes-page` from the pages beside the rules. A code never changes its meaning. Certain: the
evidence has no other explanation; likely: other explanations exist, and are rarer; possible: it fits, and so
do others. The same page of one cause:

    ringup why --explain register-silent
"""


@cache
def _sections() -> dict[str, str]:
    """Return the text of each section, without its heading, by its code."""
    return {code: text for module in MODULES for code, text in _SECTION.findall(_page(module))}


def _page(module: ModuleType) -> str:
    name = module.__name__.rpartition(".")[2]
    return files("ringup.doctor.rules").joinpath(f"{name}.md").read_text(encoding="utf-8")


def section(code: str) -> str:
    """Return the section about one cause for a terminal."""
    return f"{code}\n\n{_sections()[code].replace('**', '').rstrip()}"


def page() -> str:
    """Return docs/reference/causes.md."""
    parts = [_HEAD]
    for module in MODULES:
        parts.append(f"\n## {module.TITLE}\n")
        parts += [f"\n### {rule.code}\n\n{_sections()[rule.code].rstrip()}\n" for rule in module.RULES]
    return "".join(parts)


if __name__ == "__main__":
    print(page(), end="")
