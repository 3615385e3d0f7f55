"""Run a script of this folder beside a real Asterisk, in a private network."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ringup.asterisk import sandbox
from tests.asterisk.test_real_asterisk import CACHE, REPOSITORY, USER

SECONDS = 120
"""Maximum seconds that a script may run."""


def run_beside_asterisk(script: str, release: str, driver: str, instance: Path) -> Any:
    """Return the JSON that the script printed; Asterisk is built the first time, and its files are in
    `instance`.
    """
    folder = CACHE / f"asterisk-{release}"
    sandbox.build(release, folder)
    command = ["unshare", *USER, "--net", sys.executable, "-m", f"tests.asterisk.{script}"]
    done = subprocess.run(
        [*command, str(folder), str(instance), driver],
        cwd=REPOSITORY,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
