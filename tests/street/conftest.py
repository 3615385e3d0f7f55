"""A loop without phones, and new databases for the streets' tests, which are copies of one."""

from collections.abc import Iterator

import pytest

from ringup.street.loop import StreetLoop
from tests.store.new_databases import migrated_once

__all__ = ["migrated_once"]


@pytest.fixture
def loop() -> Iterator[StreetLoop]:
    made = StreetLoop(0.0)
    yield made
    made.close()
