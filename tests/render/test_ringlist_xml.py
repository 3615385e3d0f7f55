"""The ring list of later models is XML within their limits, whatever the records contain."""

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from ringup.render.ringlist_xml import ringlist_xml
from ringup.site.model import Ring, Site

NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"\u2028\u2029'), max_size=40
)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=60))
def test_any_list_is_read_back_within_the_limits(rings: list[tuple[str, str]]) -> None:
    site = Site(rings=tuple(Ring(name=name, file=f"{file}.raw") for name, file in rings))
    text = ringlist_xml(site)
    usable = [ring for ring in site.rings if len(ring.file) <= 25 and ring.file.isascii()]
    assert bool(text) is bool(usable)
    if text:
        root = fromstring(text.encode("ascii"))
        assert root.tag == "CiscoIPPhoneRingList"
        assert len(root) == min(len(usable), 50)
        assert all(len(ring.findtext("DisplayName") or "") <= 25 for ring in root)


def test_signs_of_xml_and_accents_are_written_as_references() -> None:
    site = Site(rings=(Ring(name="Zoë & <Co>", file="a.raw"), Ring(name="old", file="ringer1.pcm")))
    assert ringlist_xml(site) == (
        "<CiscoIPPhoneRingList>\n  <Ring>\n    <DisplayName>Zo&#235; &amp; &lt;Co&gt;</DisplayName>\n"
        "    <FileName>a.raw</FileName>\n  </Ring>\n</CiscoIPPhoneRingList>\n"
    )
