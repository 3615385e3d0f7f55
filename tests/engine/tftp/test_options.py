"""The options that are negotiated for a request."""

import pytest

from ringup.engine.tftp.options import (
    FIRST_RESEND,
    LARGEST_FLIGHT,
    LARGEST_WINDOW,
    NegotiatedOptions,
    negotiate,
)

CASES: list[tuple[dict[str, str], dict[str, str]]] = [
    ({}, {}),
    ({"blksize": "8"}, {"blksize": "8"}),
    ({"blksize": "7"}, {}),
    ({"blksize": "65464"}, {"blksize": "65464"}),
    ({"blksize": "65465"}, {"blksize": "65464"}),
    ({"blksize": "-1"}, {}),
    ({"blksize": " 512"}, {}),
    ({"blksize": "٥١٢"}, {}),
    ({"blksize": "1" * 5000}, {}),
    ({"blksize": ""}, {}),
    ({"timeout": "0"}, {}),
    ({"timeout": "1"}, {"timeout": "1"}),
    ({"timeout": "255"}, {"timeout": "255"}),
    ({"timeout": "256"}, {}),
    ({"tsize": "0"}, {"tsize": "777"}),
    ({"tsize": "x"}, {}),
    ({"windowsize": "0"}, {}),
    ({"windowsize": "1"}, {"windowsize": "1"}),
    ({"windowsize": "65535"}, {"windowsize": str(LARGEST_WINDOW)}),
    ({"multicast": ""}, {}),
    ({"tsize": "0", "x": "1", "blksize": "1024"}, {"tsize": "777", "blksize": "1024"}),
]


@pytest.mark.parametrize(("asked", "acknowledged"), CASES)
def test_these_options_are_acknowledged_so(asked: dict[str, str], acknowledged: dict[str, str]) -> None:
    assert negotiate(asked, 777).acknowledged == acknowledged


def test_no_options_mean_512_bytes_one_block_and_a_resending_within_the_second() -> None:
    assert negotiate({}, 1) == NegotiatedOptions(512, 1, FIRST_RESEND, {})
    assert FIRST_RESEND < 1


def test_the_terms_are_what_is_acknowledged() -> None:
    negotiated = negotiate({"blksize": "1468", "windowsize": "4", "timeout": "7"}, 1)
    assert (negotiated.block_size, negotiated.window, negotiated.wait) == (1468, 4, 7)


@pytest.mark.parametrize(("block_size", "window"), [(512, 64), (1468, 44), (8192, 8), (65464, 1)])
def test_one_ack_never_sets_off_more_than_a_flight(block_size: int, window: int) -> None:
    negotiated = negotiate({"blksize": str(block_size), "windowsize": "65535"}, 10**6)
    assert (negotiated.block_size, negotiated.window) == (block_size, window)
    assert negotiated.acknowledged["windowsize"] == str(window)
    assert negotiated.block_size * negotiated.window <= LARGEST_FLIGHT
