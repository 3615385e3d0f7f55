"""The README's block for real phones reaches dial tone, typed as it is printed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ringup.demo import isolation
from tests.end_to_end.demo_runs import CACHE, LONGEST_RUN, ROOT

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("readme_block.py")


def test_the_block_for_real_phones_reaches_dial_tone_on_a_stock_asterisk() -> None:
    done = subprocess.run(
        [*isolation.unshare_command(), "--", sys.executable, str(SCRIPT), str(CACHE / "asterisk-22")],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, isolation.MARK: "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    print(f"{result['count']} commands in the README's block for real phones")
    assert result["failed"] == []
    assert result["voicemail_runs"]
