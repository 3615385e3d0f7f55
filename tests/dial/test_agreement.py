"""The server's matcher and the emulator's, which were written separately after the same facts, agree."""

from xml.sax.saxutils import quoteattr

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ringup.dial.decision import decide, takes_hash
from ringup.dial.pattern import Template
from ringup.dial.template_file import read
from ringup.emulator.sip import dial_file, dial_plan

matches = st.text("0129.*,\\#+aX", max_size=8)
rewrites = st.text("%s0156.x", max_size=6)
keys = st.text("0129*#+aX", max_size=9)
rules = st.lists(
    st.builds(
        Template,
        match=matches,
        timeout=st.integers(0, 20),
        line=st.integers(0, 2),
        user=st.sampled_from(["", "phone", "ip"]),
        rewrite=rewrites,
        route=st.sampled_from(["default", "emergency", "fqdn"]),
    ),
    max_size=5,
).map(tuple)


def emulated(templates: tuple[Template, ...]) -> dial_file.DialPlan:
    """The emulator's form of the same rules."""
    return dial_file.DialPlan(
        tuple(
            dial_file.TemplateEntry(
                rule.match, float(rule.timeout), rule.line, rule.user, rule.rewrite, rule.route
            )
            for rule in templates
        )
    )


def plain(*texts: str) -> tuple[Template, ...]:
    """Rules that consist of a MATCH only."""
    return tuple(Template(text) for text in texts)


@settings(max_examples=10 * settings().max_examples)
@given(rules, keys, st.integers(1, 2))
@example(plain("*", "9*"), "91", 1)
@example(plain("9*", "*"), "91", 1)
@example(plain("...", "*"), "12", 1)
@example(plain("2..", "2*"), "21", 1)
@example(plain("2*", "2.."), "21", 1)
@example(plain("9.11", "9011*"), "9011", 1)
@example(plain("**5", "*5.6"), "1525", 1)
@example((Template("9.11", rewrite="1"), Template("9011*")), "9011", 1)
@example((Template(".1.2.3.4.5...", rewrite="%5"),), "0102030405678", 1)
def test_both_choose_the_same_rule_and_dial_the_same(
    templates: tuple[Template, ...], typed: str, line: int
) -> None:
    ours, theirs = decide(templates, typed, line), dial_plan.match(emulated(templates), typed, line)
    assert (ours.complete, ours.timeout) == (theirs.complete, theirs.timeout)
    assert ours.number == theirs.number
    writer = None if ours.rewriter is None else emulated(templates).rules[ours.rewriter]
    assert writer == theirs.rewriter
    if ours.complete:
        assert ours.best_rule is not None
        assert emulated(templates).rules[ours.best_rule] == theirs.rule


@settings(max_examples=5 * settings().max_examples)
@given(rules, keys)
def test_both_know_where_a_hash_is_a_key(templates: tuple[Template, ...], typed: str) -> None:
    assert takes_hash(templates, typed) == dial_plan.is_literal_hash(emulated(templates), typed)


def written(rule: Template) -> str:
    """Return one entry of a file."""
    values = {"MATCH": rule.match, "timeout": str(rule.timeout), "Line": str(rule.line)}
    values |= {"REWRITE": rule.rewrite, "ROUTE": rule.route} | ({"user": rule.user} if rule.user else {})
    return f"<TEMPLATE {' '.join(f'{name}={quoteattr(value)}' for name, value in values.items())}/>\n"


@given(rules)
def test_both_read_the_same_rules_from_a_file(templates: tuple[Template, ...]) -> None:
    data = f"<DIALTEMPLATE>\n{''.join(map(written, templates))}</DIALTEMPLATE>".encode()
    ours = read(data)
    assert ours.findings == ()
    assert emulated(ours.rules) == dial_file.read(data)
