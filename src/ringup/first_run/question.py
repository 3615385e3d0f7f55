"""One question of `ringup init`, and how questions are answered: by flags, the operator, or defaults."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ringup.errors import Problem, SiteErrors
from ringup.first_run.here import Here
from ringup.site.record_faults import FaultyRecord

Answers = Mapping[str, str]
"""The answers by the keys of the questions; yes-or-no questions have ``yes`` or ``no``."""

YES, NO = "yes", "no"
NONE = "none"
"""The answer that stands for nothing, because an empty line takes the default."""


def always(_here: Here, _answers: Answers) -> bool:
    """Ask the question in every case."""
    return True


def as_given(value: str, _here: Here, _answers: Answers) -> str:
    """Accept every value."""
    return value


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its text, the default that was found, and the check of an answer."""

    key: str
    """The name of the answer, and of the flag: ``time_zone`` stands for ``--time-zone``."""
    text: str
    """The question, without its default."""
    default: Callable[[Here, Answers], str]
    """Returns the default from what was found, and from the earlier answers; empty: nothing."""
    check: Callable[[str, Here, Answers], str] = as_given
    """Returns the answer in its usual spelling; raises FaultyRecord."""
    is_asked: Callable[[Here, Answers], bool] = always
    """Returns whether the question matters; otherwise its answer is its default."""
    is_yes_or_no: bool = False
    why: str = ""
    """What the operator should know before the answer; shown above the question."""

    @property
    def flag(self) -> str:
        """Return the flag of the command line."""
        return f"--{self.key.replace('_', '-')}"


Check = Callable[[str], str]
"""Returns a checked answer to one question; raises FaultyRecord."""

Ask = Callable[[Question, str, Check], str]
"""Returns the checked answer to a question with this default."""


def take_default(_question: Question, default: str, check: Check) -> str:
    """Return the default instead of asking."""
    return check(default)


def answered(questions: Sequence[Question], here: Here, given: Answers, ask: Ask) -> dict[str, str]:
    """Return the answers to all questions; a flag in `given` answers its question.

    Raises SiteErrors with every answer that is not possible.
    """
    answers: dict[str, str] = {}
    problems: list[Problem] = []
    for question in questions:
        try:
            answers[question.key] = _answer(question, here, answers, given, ask)
        except FaultyRecord as error:
            problems.append(Problem(question.flag, error.what, error.cure))
            answers[question.key] = question.default(here, answers)
    if problems:
        raise SiteErrors(problems)
    return answers


def _answer(question: Question, here: Here, answers: Answers, given: Answers, ask: Ask) -> str:
    if question.key in given:
        typed = given[question.key]
        return question.check("" if typed == NONE else typed, here, answers)
    default = question.default(here, answers)
    if not question.is_asked(here, answers):
        return default
    return ask(question, default, lambda text: question.check(text, here, answers))
