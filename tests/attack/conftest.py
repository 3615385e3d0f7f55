"""Each test's honest phones, and what it measured, go into its report."""

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
    """Return a function that takes a figure in words, which is printed at the suite's end."""
    return lambda text: request.node.user_properties.append((MEASURED, text))
