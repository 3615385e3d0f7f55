"""docs/reference/tftp-interoperability.md agrees with the tables that tests/peers runs."""

from pathlib import Path

from tests.peers.tftp_page import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tftp-interoperability.md"


def test_the_page_of_interoperability_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run tools/tftp-interoperability-page"
