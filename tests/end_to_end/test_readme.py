"""The commands in the README and the tutorial lead to dial tone if they are typed as printed."""

import json
import os
import re
import subprocess
import sys
from hashlib import md5
from pathlib import Path

import pytest

from ringup.demo import isolation
from tests.end_to_end.demo_runs import CACHE, LONGEST_RUN, ROOT
from tests.end_to_end.readme_block import PAGES

pytestmark = pytest.mark.end_to_end

COMMANDS = {"README.md": 2, "docs/tutorial/box-to-dial-tone.md": 2, "docs/how-to/set-up-step-by-step.md": 6}
"""Number of commands before the phone is plugged in, `./install` included."""
SCRIPT = Path(__file__).with_name("readme_block.py")


def stock_files_changed(tree: Path) -> list[str]:
    """Return the files of /etc/asterisk that differ from those in Debian's packages."""
    status = (tree / "var/lib/dpkg/status").read_text(encoding="utf-8")
    shipped = dict(re.findall(r"(?m)^ /(etc/asterisk/\S+) ([0-9a-f]{32})$", status))
    assert len(shipped) > 100
    return [name for name, digest in shipped.items() if md5((tree / name).read_bytes()).hexdigest() != digest]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_reach_dial_tone_on_a_stock_asterisk(page: str) -> None:
    tree = CACHE / "asterisk-22"
    assert stock_files_changed(tree) == []
    done = subprocess.run(
        [*isolation.unshare_command(), "--", sys.executable, str(SCRIPT), page, str(tree)],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, isolation.MARK: "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    print(f"{page}: {result['count']} commands, then power on; {result['all']} in all")
    assert result["failed"] == []
    assert result["voicemail_runs"]
    assert result["lamp_on"]
    assert result["faults"] == []
    assert result["count"] == COMMANDS[page]
