"""The page with the site's logo: its pixels, and which phones have it."""

from ringup.pages.objects.values import Image, Text
from ringup.pages.objects.xml import LATIN, xml
from ringup.pages.services.menu import may_use
from ringup.pages.services.own import logo
from ringup.pages.services.sources import Sources
from ringup.phone.logo import HEIGHT, WIDTH
from tests.pages.objects.schema import check
from tests.pages.services.callers import SITE, ann
from tests.phone.test_logo_pixels import bmp


def test_the_logo_is_a_picture_in_four_greys_with_the_right_bits() -> None:
    rows = [[(column + row) % 4 for column in range(WIDTH)] for row in range(HEIGHT)]
    page = logo(ann(Sources(logo=lambda: bmp(rows))))
    assert isinstance(page, Image)
    assert page.rows[0][:4] == (3, 2, 1, 0)
    body = xml(page, LATIN)
    check(body)
    # The leftmost pixel is in the lowest bits (P-XML-27): 3, 2, 1, 0 give 00 01 10 11.
    assert b"<Data>1B" in body
    assert b"<Width>90</Width>" in body
    assert b"<Height>56</Height>" in body


def test_a_site_without_a_logo_gets_a_sentence() -> None:
    assert logo(ann(Sources())) == Text("The site has no logo.", "Logo")


def test_only_a_phone_whose_setting_names_the_logo_has_it() -> None:
    assert not may_use(ann(Sources()), logo)
    assert may_use(ann(Sources(), SITE.model_copy(update={"services": "logo"})), logo)
