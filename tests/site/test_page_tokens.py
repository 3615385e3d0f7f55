"""The tokens in the URLs of phones' buttons: who gets one, and which text is one."""

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.site import page_tokens
from ringup.site.check import check
from ringup.site.mask import MASK
from ringup.site.model import Group, Line, Phone, Site
from ringup.site.page_tokens import needs_token, phone_of_token, token_of
from ringup.site.rows import Rows, by_record
from ringup.site.write import to_plain

ANN = Phone(mac="001646C0FFEE", group="far", password="pw", lines=(Line(extension="101", secret="s"),))
BOB = Phone(mac="001646C0FFE0", password="pw", lines=(Line(extension="102", secret="s"),))
SITE = Site(phones=(ANN, BOB), groups=(Group(name="far"),), page_tokens="far", page_tokens_secret="s1te")
ALL = SITE.model_copy(update={"page_tokens": "all"})


def test_a_token_belongs_to_one_phone_and_only_to_phones_that_need_one() -> None:
    assert [needs_token(SITE, each) for each in (ANN, BOB)] == [True, False]
    assert phone_of_token(ALL, token_of(ALL, ANN)) is ANN
    assert phone_of_token(ALL, token_of(ALL, BOB)) is BOB
    assert phone_of_token(SITE, token_of(SITE, BOB)) is None
    assert token_of(ALL, ANN)[12:] != token_of(ALL, BOB)[12:]


def test_the_secret_part_of_another_phone_or_another_password_is_no_token() -> None:
    mine = token_of(ALL, ANN)
    assert phone_of_token(ALL, f"{BOB.mac}{mine[12:]}") is None
    renewed = ALL.model_copy(update={"phones": (ANN.model_copy(update={"password": "other"}), BOB)})
    assert phone_of_token(renewed, mine) is None
    assert phone_of_token(ALL.model_copy(update={"page_tokens_secret": "n3w"}), mine) is None
    assert phone_of_token(SITE.model_copy(update={"page_tokens": ""}), mine) is None


@given(st.text() | st.text(max_size=40).map(lambda text: f"{ANN.mac}-{text}"))
def test_no_other_text_is_a_token(text: str) -> None:
    assert phone_of_token(ALL, text) is None


@pytest.mark.parametrize("mac", [ANN.mac, "001646999999"])
def test_the_secret_part_is_compared_in_constant_time_for_a_phone_and_for_none(
    mac: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    class Watched:
        digest = staticmethod(hmac.digest)

        @staticmethod
        def compare_digest(one: bytes, other: bytes) -> bool:
            compared.append(other)
            return hmac.compare_digest(one, other)

    monkeypatch.setattr(page_tokens, "hmac", Watched)
    assert phone_of_token(ALL, f"{mac}-guess") is None
    assert compared == [b"guess"]


def rows(site: dict[str, Any], groups: list[dict[str, Any]]) -> Rows:
    data = {"site": site, "groups": groups, "phones": []}
    return Rows(data, by_record(data))


def test_the_secret_is_generated_kept_and_masked() -> None:
    made = check(rows({"page_tokens": "far"}, [{"name": "far"}]), new_secret=lambda: "n3w")
    assert made.page_tokens_secret == "n3w"
    assert check(rows({"page_tokens": "all"}, []), made).page_tokens_secret == "n3w"
    assert to_plain(made, secrets=False)["site"]["page_tokens_secret"] == MASK
    assert check(rows({}, [])).page_tokens_secret == ""


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ({"page_tokens": "fra"}, "which is not a group"),
        ({"page_tokens": "far", "page_tokens_secret": ""}, "without page_tokens_secret"),
        ({"page_tokens": "far", "page_tokens_secret": MASK}, "is masked"),
    ],
)
def test_a_wrong_setting_is_refused(site: dict[str, Any], said: str) -> None:
    with pytest.raises(SiteErrors, match=said):
        check(rows(site, [{"name": "far"}]))
