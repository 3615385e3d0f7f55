"""Real Asterisks load files in FreePBX's format, and have the faults that ringup finds in these files."""

from pathlib import Path

import pytest

from tests.asterisk.real_runs import run_beside_asterisk
from tests.asterisk.test_real_asterisk import SETUPS

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(("release", "driver"), SETUPS)
def test_the_faults_in_the_files_are_those_of_asterisk_until_the_fields_are_set(
    release: str, driver: str, tmp_path: Path
) -> None:
    found = run_beside_asterisk("real_freepbx", release, driver, tmp_path / "instance")

    codes = ["forced-rport", "rewritten-contact"] if driver == "pjsip" else ["forced-rport"]
    wanted = [f"{code} line {number}" for code in codes for number in ("201", "202")]
    assert found == {"in files": wanted, "before": wanted, "after": []}
