"""The limit of open files is raised as far as the system allows: a building may fetch pages at once."""

import subprocess
import sys

import pytest

CODE = """
import resource, sys
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from ringup.serve.open_files import allow
print(allow(wanted), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "then"),
    [(1024, 4096, 2048, 2560), (1024, 1024, 512, 1024), (1024, 2000, 1488, 2000), (4096, 4096, 2048, 4096)],
)
def test_the_soft_limit_grows_up_to_the_hard_one(soft: int, hard: int, allowed: int, then: int) -> None:
    command = [sys.executable, "-c", CODE, str(soft), str(hard), "2048"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(allowed), str(then)]
