"""A rate limit that allows a burst."""

from ringup.engine.rates import TokenBucket


def test_a_bucket_fills_no_higher_than_its_burst() -> None:
    bucket = TokenBucket(2, 1)
    assert [bucket.take(1_000.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(1_001.0) for _ in range(2)] == [True, False]
    assert [bucket.take(9_000.0) for _ in range(3)] == [True, True, False]


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket(1, 1)
    assert bucket.take(1_000.0)
    assert not bucket.take(500.0)
    assert bucket.take(501.0)


def test_several_are_taken_together_or_not_at_all() -> None:
    bucket = TokenBucket(100, 1)
    assert not bucket.take(0.0, 101)
    assert bucket.take(0.0, 100)
    assert not bucket.take(0.5)
