"""`ringup init` takes a stock Asterisk and a new phone to dial tone, and is harmless when it is repeated."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("init_stock.py")
WRITTEN = ("extensions.conf", "manager.d/ringup.conf", "ringup.d/ringup_voicemail.conf")
MACHINES = {
    ("22",): ("drivers: chan_pjsip.so", "ringup.d/ringup_pjsip.conf", "modules.conf"),
    ("16",): ("chan_sip: UDP port 5060", "ringup.d/ringup_sip.conf", "Asterisk reloads its files, without a"),
    ("22", "own"): ("transport mine: udp 0.0.0.0:5160", "pbx transport: (nothing) → mine", "5060 → 5160"),
}
"""What `ringup init` shows of each Asterisk: Debian's 22, which needs other modules, Debian's 16, and a 22
with the operator's own transport.
"""


@pytest.mark.parametrize("words", list(MACHINES), ids="-".join)
def test_one_command_reaches_dial_tone_and_a_second_one_changes_nothing(words: tuple[str, ...]) -> None:
    result = run_script(SCRIPT, *words)
    release = words[0]

    status, planned = result["planned"]
    assert status == 0
    assert [each for each in (*MACHINES[words], *WRITTEN) if each not in planned] == []
    assert "+secret = ********" in planned, "the account is shown before it is written"
    first = result["first"]
    assert planned.replace("Nothing was changed (--dry-run).\n", "").rstrip() in first
    assert f"Asterisk {release}." in first.partition("Checked:")[0].rpartition("\n\n")[0]
    assert "error" not in first.partition("Checked:")[2]
    assert "\n201 is registered." in first
    assert result["voicemail_runs"]
    assert result["lamp_on"]

    status, again = result["again"]
    assert status == 0, again
    assert "Nothing to change" in again
    assert "`ringup serve` runs." in again
    status, checked = result["checked"]
    assert status == 0, checked
    assert json.loads(checked)["ok"]
