"""The modules that `ringup serve` loads, and those that it leaves to other commands."""

import subprocess
import sys

NOT_NEEDED = {
    "alembic", "defusedxml", "phonenumbers", "prometheus_client", "rich", "ruamel",
    "sqlalchemy.orm", "tomllib", "vobject",
    "ringup.asterisk", "ringup.demo", "ringup.emulator", "ringup.lint",
    "ringup.serve.pbx", "ringup.site.check",
}  # fmt: skip
"""Modules that are not needed, some of a megabyte; those for metrics and the PBX load when these are switched
on.
"""


def test_the_server_imports_nothing_that_it_may_do_without() -> None:
    code = (
        "import sys\n"
        "import ringup.cli.main, ringup.cli.serve, ringup.serve.log, ringup.serve.life\n"
        f"print(sorted({NOT_NEEDED!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
