"""Real Asterisks take files in FreePBX's form, and have the faults that are read from them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from tests.asterisk.test_real_asterisk import CACHE, REPOSITORY, SETUPS, USER

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(("release", "driver"), SETUPS)
def test_the_faults_in_the_files_are_those_of_asterisk_until_the_fields_are_set(
    release: str, driver: str, tmp_path: Path
) -> None:
    folder = CACHE / f"asterisk-{release}"
    sandbox.build(release, folder)
    command = ["unshare", *USER, "--net", sys.executable, "-m", "tests.asterisk.real_freepbx"]
    done = subprocess.run(
        [*command, str(folder), str(tmp_path / "instance"), driver],
        cwd=REPOSITORY,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    codes = ["forced-rport", "rewritten-contact"] if driver == "pjsip" else ["forced-rport"]
    wanted = [f"{code} line {number}" for code in codes for number in ("201", "202")]
    assert found == {"in files": wanted, "before": wanted, "after": []}
