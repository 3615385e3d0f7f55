"""`tools/sanitized-c` on a machine without the sanitizers."""

import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PROGRAMS = ("sh", "dirname", "mkdir", "rm", "id", "su", "sed")


@pytest.mark.parametrize(
    ("gcc", "said"),
    [
        ("", "there is no gcc"),
        ("#!/bin/sh\necho libasan.so\n", "gcc has no libasan or no libubsan"),
    ],
    ids=["no gcc", "no sanitizers"],
)
def test_without_sanitizers_it_says_aloud_that_nothing_was_tested(
    gcc: str, said: str, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    if gcc:
        (programs / "gcc").write_text(gcc)
        (programs / "gcc").chmod(0o755)
    done = subprocess.run(
        [str(REPOSITORY / "tools/sanitized-c")],
        env={"PATH": str(programs), "RINGUP_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"SKIPPED, NOT TESTED: TFTP's part in C under sanitizers, because {said}." in done.stderr
    assert "apt-get install build-essential" in done.stderr
