"""The TFTP engine's tests run twice: with the numbers of a transfer kept in Python, and kept in C."""

from collections.abc import Iterator

import pytest

from ringup.engine.tftp.progress import PlainProgresses
from ringup.serve.tftp.fast.native import NativeProgresses, available


@pytest.fixture(scope="module", params=[PlainProgresses, NativeProgresses], ids=["python", "c"])
def progresses(request: pytest.FixtureRequest) -> Iterator[None]:
    assert available(), "no C compiler built the fast path: `pip install -e .` says why"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ringup.engine.tftp.server.PlainProgresses", request.param)
        yield
