"""Compare each phone's values from the old folder with the values that it will get from ringup."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringup.adoption.adopt import baseline, default_values
from ringup.adoption.tree import Tree, read_template
from ringup.adoption.values import accepted, effective
from ringup.adoption.xml_loads import XML_DEFAULT, read_loads
from ringup.dial.pattern import Template
from ringup.dial.template_file import TemplateFile
from ringup.phone.forced_keys import hides_value
from ringup.render.default_xml import default_xml
from ringup.render.dialplan_xml import dial_template
from ringup.site.mask import MASK
from ringup.site.model import Site

DIAL_PLAN = "dial_template"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes; a value of None means that the phone does not get this parameter."""

    mac: str
    """The phone's MAC; for values of other models, the file's name."""
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The values that would change for the phones."""

    changes: tuple[Difference, ...]
    """Empty if every phone keeps its values."""
    added: tuple[Difference, ...]
    """Values that ringup always sends and that the old folder did not set.

    Until now, phones used the value in their flash.
    """


def compare(tree: Tree, site: Site, server: str) -> Comparison:
    """Compare the values of each phone that is in the folder and in the site, and the loads of other
    models.
    """
    rules = read_template(dial_template(site).encode("latin-1", "replace"))
    defaults = default_values(site, server)
    given = {phone.mac: baseline(site, phone, server, defaults) for phone in site.phones}
    macs = [mac for mac in tree.phones if mac in given]
    found = [one for mac in macs for one in _of_phone(tree, mac, given[mac], rules)]
    found += _of_other_models(tree, default_xml(site, server))
    return Comparison(
        tuple(_masked(one) for one in found if one.before is not None),
        tuple(_masked(one) for one in found if one.before is None),
    )


def _of_phone(tree: Tree, mac: str, given: Mapping[str, str], rules: TemplateFile) -> Iterator[Difference]:
    before = effective(accepted({name: entry.value for name, entry in tree.phones[mac].items()}))
    after = effective(accepted(given))
    for name in dict.fromkeys((*before, *after)):
        if name != DIAL_PLAN and before.get(name) != after.get(name):
            yield Difference(mac, name, before.get(name), after.get(name))
    old = tree.templates.get(before.get(DIAL_PLAN, ""), TemplateFile()).used
    if [*map(_sense, old)] != [*map(_sense, rules.used)]:
        yield Difference(mac, DIAL_PLAN, _count(old) if old else None, _count(rules.used))


def _of_other_models(tree: Tree, text: str) -> Iterator[Difference]:
    given = read_loads(text.encode()).others
    for number, load in tree.xml.others.items():
        if given.get(number) != load:
            yield Difference(XML_DEFAULT, f"loadInformation{number}", load, given.get(number))


def _sense(rule: Template) -> tuple[object, ...]:
    """Return a dial rule without its file and line, so that only its meaning is compared."""
    return (rule.match, rule.timeout, rule.line, rule.user, rule.rewrite, rule.route, rule.tones)


def _count(rules: tuple[Template, ...]) -> str:
    return f"{len(rules)} rule{'' if len(rules) == 1 else 's'}"


def _masked(one: Difference) -> Difference:
    if not hides_value(one.key):
        return one
    hidden = (MASK if one.before else one.before, MASK if one.after else one.after)
    return Difference(one.mac, one.key, *hidden)
