"""How we write: the measures of shared language that every sentence is held to.

`findings` judges one message as a person would read it on one channel, whoever wrote it: a response
of `domain.yml`, or an agent while typing. It knows no HTTP, no database and no model.
"""

from bot.voice.lint import Finding, findings, talks_of_money
from bot.voice.reading import Measures, grade, measure, sentences
from bot.voice.sms import Segments, segments

__all__ = [
    "Finding",
    "Measures",
    "Segments",
    "findings",
    "grade",
    "measure",
    "segments",
    "sentences",
    "talks_of_money",
]
