"""Generate docs/reference/tftp-interoperability.md from the tables of tests: `python -m
tests.peers.tftp_page`.
"""

from tests.peers.tftp_cases import CASES as SAID
from tests.peers.tftp_deviations import DEVIATIONS, NOT_COMPARED
from tests.peers.tftp_programs import CASES, CLIENTS
from tests.peers.tftp_servers import PEERS

HEAD = """\
# TFTP: interoperability with other clients and servers

Written from the tables in `tests/peers` by `tools/tftp-interoperability-page`; `./test` runs every cell.

## Third-party clients

Each row is a third-party client that fetches files from ringup. "not offered": the client cannot request
that.
"""

DEVIATIONS_HEAD = """
## Other servers

The same {cases} packet sequences are sent to ringup, tftpd-hpa, dnsmasq and atftpd in Debian 12's versions:
repeated and lost ACKs, ACKs from an unknown transfer ID, every option with values inside and outside its
range, modes, names, malformed packets. In {same} cases all four respond alike. The table lists the others and
why ringup responds as it does; any other response fails the test. "silence" is 0.6 seconds without a
datagram; an empty cell means the same response as ringup's.

"""


def page() -> str:
    return "".join([HEAD, *_columns(), *_clients(), _deviations_head(), *_deviations(), *_not_compared()])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _clients() -> list[str]:
    rows = [_row("client", "from", *CASES), _row(*["---"] * (len(CASES) + 2))]
    for client in CLIENTS:
        rows.append(_row(client.name, client.source, *(client.expected(case) for case in CASES)))
    notes = [
        f"- {client.name}, {case}: {why}.\n"
        for client in CLIENTS
        for case, (_, why) in client.otherwise.items()
    ]
    return [*rows, "\n", *notes]


def _columns() -> list[str]:
    return ["\n", *(f"- **{case}**: {what}\n" for case, what in CASES.items()), "\n"]


def _deviations_head() -> str:
    return DEVIATIONS_HEAD.format(cases=len(SAID), same=len(SAID) - len(DEVIATIONS))


def _deviations() -> list[str]:
    names = [peer.__name__ for peer in PEERS]
    head = ["case", "ringup", *(name.replace("_", "-") for name in names), "why"]
    rows = [_row(*head), _row(*["---"] * len(head))]
    for case in SAID:
        if (deviation := DEVIATIONS.get(case)) is not None:
            others = [
                "not compared" if case in NOT_COMPARED.get(name, {}) else deviation.others.get(name, "")
                for name in names
            ]
            rows.append(_row(case, deviation.ringup, *others, deviation.why))
    return rows


def _not_compared() -> list[str]:
    return [
        f"\nNot compared, since {server.replace('_', '-')} answers by accident there: {'; '.join(cases)}.\n"
        for server, cases in NOT_COMPARED.items()
    ]


if __name__ == "__main__":
    print(page(), end="")
