"""Generated secrets, and masks."""

from ringup.site.mask import masked
from ringup.site.secret import ALPHABET, LENGTH, generate
from ringup.site.secret_faults import LONGEST_SECRET


def test_a_secret_is_new_readable_and_short_enough() -> None:
    made = {generate() for _ in range(200)}
    assert len(made) == 200
    assert all(len(secret) == LENGTH <= LONGEST_SECRET for secret in made)
    assert set("".join(made)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1lI")


def test_every_secret_that_is_there_is_masked() -> None:
    assert masked({"password": "x", "lines": [{"secret": "y", "voicemail_pin": "", "name": "z"}]}) == {
        "password": "********",
        "lines": [{"secret": "********", "voicemail_pin": "", "name": "z"}],
    }
