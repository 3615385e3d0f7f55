"""The boots of each test's honest phones, and its measured figures, are added to its report."""

from collections.abc import Callable, Iterator

import pytest

from tests.attack.honest_phones import MEASURED, record_boots


@pytest.fixture(autouse=True)
def boots_in_report(request: pytest.FixtureRequest) -> Iterator[None]:
    """Record the boots, whether the test passes or fails."""
    yield
    record_boots(request.node)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that takes a figure as text; it is printed at the end of the run."""
    return lambda text: request.node.user_properties.append((MEASURED, text))
