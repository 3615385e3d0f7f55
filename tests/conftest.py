"""Fixtures that all tests may use."""

import ctypes
import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from ringup.serve.tftp.fast import native
from ringup.store import connect
from tests.attack.honest_phones import pytest_terminal_summary as pytest_terminal_summary

# Firmware in tests is synthetic. The same variable lets programs that tests start accept it.
os.environ["RINGUP_ACCEPT_TEST_SIGNER"] = "1"

# The machine's file of settings must not affect the tests, nor the programs that they start.
os.environ["RINGUP_CONFIG"] = os.devnull

# Tests of the web page start its process themselves; other servers need none.
os.environ["RINGUP_SERVE_NO_WEB"] = "1"

# Examples have no deadline, because a busy machine would then fail correct code. `./test` uses the thorough
# profile.
# With CI set, the examples are the same each time, so that a failure is caused by the change under test.
SAME = bool(os.environ.get("CI"))
settings.register_profile("fast", deadline=None, max_examples=25, derandomize=SAME)
settings.register_profile("thorough", deadline=None, max_examples=100, derandomize=SAME)
settings.load_profile("fast")

if _library := os.environ.get("RINGUP_TFTP_LIBRARY"):
    # tools/sanitized-c tests its own build. Only a build with the sanitizer has this name.
    assert hasattr(ctypes.CDLL(_library), "__asan_init"), "this build has no address sanitizer"
    native.LIBRARY = Path(_library)

# Databases of tests need not survive a loss of power. Programs that tests start wait for the disk, as always.
PRAGMAS = connect._PRAGMAS
connect._PRAGMAS = tuple(pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in PRAGMAS)

GOLDEN_FOLDER = Path(__file__).parent / "golden"


# The objects that the collection of tests makes are kept. Garbage collections would examine them again and
# again.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from now on, but do not examine the tests and modules themselves."""
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
    """Compare a text with the file `tests/golden/<name>`, as in `golden("SIPDefault.cnf", text)`.

    Line ends are compared exactly. Characters are stored as Latin-1, because phones get Latin-1.
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
