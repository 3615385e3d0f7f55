"""Fixtures every part of the test suite may use."""

import ctypes
import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from ringup.serve.tftp.fast import native
from tests.attack.honest_phones import pytest_terminal_summary as pytest_terminal_summary

# Firmware in tests is synthetic; programs that tests start are told so by the same variable.
os.environ["RINGUP_ACCEPT_TEST_SIGNER"] = "1"

# A file of settings that this machine may have is no part of the tests, nor of the programs that they start.
os.environ["RINGUP_CONFIG"] = os.devnull

# A deadline is a clock: a busy machine would fail what is right. `./test` asks for the thorough one.
# Where a change is judged (CI is set), the same examples each time, so that a failure is this change's.
SAME = bool(os.environ.get("CI"))
settings.register_profile("fast", deadline=None, max_examples=25, derandomize=SAME)
settings.register_profile("thorough", deadline=None, max_examples=100, derandomize=SAME)
settings.load_profile("fast")

if _library := os.environ.get("RINGUP_TFTP_LIBRARY"):
    # tools/sanitized-c tests a build of its own. Only a build with the sanitizer knows this name.
    assert hasattr(ctypes.CDLL(_library), "__asan_init"), "this build has no address sanitizer"
    native.LIBRARY = Path(_library)

GOLDEN_FOLDER = Path(__file__).parent / "golden"


# What the collection of tests makes stays; garbage collections would look through it again and again.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage again from now on, but not among the tests and modules themselves."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that rewrites the golden files."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what was rendered into tests/golden instead of comparing it.",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file `tests/golden/<name>`: `golden("SIPDefault.cnf", text)`.

    Line ends are compared exactly; characters are kept as Latin-1, as phones are served.
    """
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN_FOLDER / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("latin-1", "replace"))
            return
        assert path.is_file(), f"{path} is missing: run pytest --update-golden and read what it writes"
        assert text.encode("latin-1", "replace").decode("latin-1") == path.read_bytes().decode("latin-1")

    return compare
