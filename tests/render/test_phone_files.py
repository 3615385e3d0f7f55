"""XMLDefault.cnf.xml, OS79XX.TXT, RINGLIST.DAT and syncinfo.xml."""

from collections.abc import Callable

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given

from ringup.errors import SiteErrors
from ringup.render.default_xml import default_xml
from ringup.render.os79xx import os79xx
from ringup.render.ringlist import ringlist
from ringup.render.sip_cnf import default_cnf
from ringup.render.syncinfo_xml import syncinfo
from ringup.site.model import Ring, Site
from tests.render.sites import HOME, OFFICE, SERVER, sites

Golden = Callable[[str, str], None]


def test_the_default_file_is_as_reviewed(golden: Golden) -> None:
    golden("home/XMLDefault.cnf.xml", default_xml(HOME, SERVER))


def test_both_models_are_sent_to_the_sites_load_by_their_numbers() -> None:
    root = fromstring(default_xml(OFFICE, SERVER))
    assert root.tag == "Default"
    assert [root.findtext(f"loadInformation{number}") for number in (7, 8)] == ["P0S3-8-12-00"] * 2


def test_an_address_with_markup_stays_text() -> None:
    pbx = HOME.pbx.model_copy(update={"address": "<a>&amp;"})
    root = fromstring(default_xml(HOME.model_copy(update={"pbx": pbx}), SERVER))
    assert root.findtext(".//processNodeName") == "<a>&amp;"


def test_the_pointer_is_the_loaders_name_and_nothing_behind_it() -> None:
    assert os79xx("P003-8-12-00") == "P003-8-12-00\n"


@pytest.mark.parametrize("name", ["", "P003-8-12-00 ", "P003\n", "Pö3", "../x", "---"])
def test_a_pointer_that_would_make_phones_ask_for_nonsense_is_refused(name: str) -> None:
    with pytest.raises(SiteErrors):
        os79xx(name)


def test_rings_are_a_name_a_tab_and_a_file(golden: Golden) -> None:
    text = ringlist(OFFICE)
    assert text.splitlines()[0] == "Old Style\tringer1.pcm"
    golden("office/RINGLIST.DAT", text)


def test_a_site_without_rings_has_no_list() -> None:
    assert ringlist(HOME) == ""


@pytest.mark.parametrize("name", ["a\tb", "a\nb", " ", ""])
def test_a_ring_that_would_break_the_list_is_refused(name: str) -> None:
    ring = Ring.model_construct(name=name, file="x.pcm")
    with pytest.raises(SiteErrors):
        ringlist(HOME.model_copy(update={"rings": (ring,)}))


def test_syncinfo_and_the_cnf_say_the_same_whoever_set_it() -> None:
    for site, sync in ((OFFICE, "7"), (OFFICE.model_copy(update={"settings": {"sync": "9"}}), "9")):
        image = fromstring(syncinfo(site)).find("IMAGE")
        assert image is not None
        assert image.attrib == {"VERSION": "*", "SYNC": sync}
        assert f'sync: "{sync}"\n' in default_cnf(site, SERVER)


@given(sites())
def test_ring_names_never_add_a_line_or_a_column(site: Site) -> None:
    rows = ringlist(site).split("\n")[:-1]
    assert [row.split("\t") for row in rows] == [[ring.name, ring.file] for ring in site.rings]


@given(sites())
def test_the_xml_files_are_well_formed_whatever_the_names(site: Site) -> None:
    fromstring(default_xml(site, SERVER))
    fromstring(syncinfo(site))


def test_other_models_are_sent_to_the_loads_of_their_numbers() -> None:
    others = {"30018": "SIP41.8-5-4S", "6": "a&<b>", "99": "x"}
    text = default_xml(Site.model_validate({**dict(OFFICE), "other_loads": others}), SERVER)
    root = fromstring(text)
    assert {number: root.findtext(f"loadInformation{number}") for number in others} == others
    assert [root.findtext(f"loadInformation{number}") for number in (7, 8)] == ["P0S3-8-12-00"] * 2
    assert '<loadInformation30018 model="IP Phone 7961">SIP41' in text
