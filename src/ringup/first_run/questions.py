"""All questions of `ringup init`, in their order; each may use the answers to the earlier ones."""

from ringup.first_run import asterisk_questions, network_questions, phone_questions
from ringup.first_run.question import NO, YES, Question

QUESTIONS: tuple[Question, ...] = (
    *network_questions.QUESTIONS,
    *asterisk_questions.QUESTIONS,
    *phone_questions.QUESTIONS,
    Question(
        "start",
        "Start the service?",
        lambda here, _answers: YES if here.service else NO,
        is_asked=lambda here, _answers: here.service is not None,
        is_yes_or_no=True,
    ),
    Question(
        "serve",
        "Run the server here until Ctrl-C, and show how the phone boots?",
        lambda here, _answers: NO if here.service or here.is_served else YES,
        is_asked=lambda here, _answers: not (here.service or here.is_served),
        is_yes_or_no=True,
    ),
)
