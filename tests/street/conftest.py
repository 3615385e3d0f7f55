"""A loop without phones, for the streets' tests."""

from collections.abc import Iterator

import pytest

from ringup.street.loop import StreetLoop


@pytest.fixture
def loop() -> Iterator[StreetLoop]:
    made = StreetLoop(0.0)
    yield made
    made.close()
