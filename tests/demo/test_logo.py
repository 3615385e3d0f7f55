"""The demo's logo is one that ringup accepts, and that the software phone shows."""

from ringup.demo.logo import FILE, logo
from ringup.emulator.pages.pixels import logo_in
from ringup.phone.logo import logo_problems


def test_the_demos_logo_is_without_faults_and_has_rings_of_four_greys() -> None:
    assert list(logo_problems(FILE, logo())) == []
    rows = logo_in(logo())
    assert (len(rows), len(rows[0])) == (56, 90)
    assert [rows[28][45 + right] for right in (0, 7, 14, 21, 28)] == [3, 2, 1, 0, 0]
    assert rows[0][0] == 0
