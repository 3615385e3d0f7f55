"""The steps after a revision, and the way back when a step fails."""

import pytest

from ringup.change.carry_out import Step, StepFailed, carry_out
from ringup.errors import OutsideError
from ringup.site.model import Site

OLD, NEW = Site(name="old"), Site(name="new")


def steps(*names: str, failing: str = "", error: Exception | None = None) -> tuple[list[Step], list[str]]:
    """Steps that record the site which each has to follow."""
    seen: list[str] = []

    def step(name: str) -> Step:
        def follow(site: Site) -> str:
            seen.append(f"{name}: {site.name}")
            if name == failing and error is not None:
                raise error
            return "" if name == "quiet" else f"{name} done"

        return Step(name, follow)

    return [step(name) for name in names], seen


def test_each_step_follows_the_new_site_and_says_what_it_did() -> None:
    made, seen = steps("files", "quiet", "reload")
    assert carry_out(made, OLD, NEW) == ("files done", "reload done")
    assert seen == ["files: new", "quiet: new", "reload: new"]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (OutsideError("asking", "it said no.", "Ask again."), "it said no."),
        (OSError(28, "No space"), "No space."),
    ],
)
def test_what_was_begun_follows_the_old_site_again_when_a_step_fails(error: Exception, answer: str) -> None:
    made, seen = steps("files", "reload", "restart", failing="reload", error=error)
    with pytest.raises(StepFailed) as raised:
        carry_out(made, OLD, NEW)
    assert (raised.value.tried, raised.value.answer) == ("reload", answer)
    assert seen == ["files: new", "reload: new", "files: old", "reload: old"]


def test_a_mistake_of_ours_is_not_taken_for_an_answer_of_the_world() -> None:
    made, _ = steps("files", failing="files", error=KeyError("x"))
    with pytest.raises(KeyError):
        carry_out(made, OLD, NEW)
