"""Each test's honest phones go into its report."""

from collections.abc import Iterator

import pytest

from tests.attack.honest_phones import record_boots


@pytest.fixture(autouse=True)
def boots_in_report(request: pytest.FixtureRequest) -> Iterator[None]:
    """Record the boots, whether the test passes or fails."""
    yield
    record_boots(request.node)
