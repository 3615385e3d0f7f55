"""Compare the lines that Asterisk has loaded with the site: the findings of `ringup pbx verify`."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.check.pbx_rules import BEFORE
from ringup.finding import ERROR, NOTE
from ringup.rule import Found, Rule, known

MOST_SHOWN = 5
"""Maximum number of differences that are shown."""


def _differences(facts: Facts) -> Iterator[Found]:
    found = [each for each in known(facts.verified) if each.severity is not NOTE]
    for each in found[:MOST_SHOWN]:
        yield Found(f"{each.where}: {each.what}", each.cure, severity=each.severity)
    if len(found) > MOST_SHOWN:
        yield Found(f"{len(found) - MOST_SHOWN} more differences.", "See them all:", ("ringup pbx verify",))


EXPLAINING = (
    "interface", "network", "addresses", "server-address", "sip-port", "firewall-sip", "fail2ban",
    "pbx-files", "pbx-modules", "pbx-applications", "pbx-transport", "pbx-accounts", "pbx-dialplan",
)  # fmt: skip
"""Rules whose findings explain why Asterisk differs, or why the test of a secret got no answer."""

RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "pbx-verify", "lines, compared", ERROR, _differences,
        lambda _facts: "as the site defines them, with their secrets",
        after=(*BEFORE, *EXPLAINING),
    ),
)  # fmt: skip
