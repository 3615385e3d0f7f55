"""The range and the end of automatic onboarding."""

import pytest

from ringup.site.auto_record import end_of, extensions_in
from ringup.site.model import Site


def test_a_range_keeps_its_digits_and_an_end_is_in_the_sites_zone() -> None:
    assert list(extensions_in("098-101")) == ["098", "099", "100", "101"]
    assert list(extensions_in("")) == []
    assert end_of("2026-07-01T12:00", "Europe/London") == end_of("2026-07-01T11:00+00:00", "Etc/UTC")


@pytest.mark.parametrize("text", ["301", "320-301", "99-101", "a-b", "1000-2000", "-", "²-³"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a range"):
        Site(auto_extensions=text, auto_until="2026-12-01T18:00")


def test_it_is_off_by_default_and_needs_an_end() -> None:
    assert Site().auto_extensions == ""
    with pytest.raises(ValueError, match="without auto_until"):
        Site(auto_extensions="301-310")
    with pytest.raises(ValueError, match="is not a time"):
        Site(auto_until="tomorrow")
