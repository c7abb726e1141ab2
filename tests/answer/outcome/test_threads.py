"""What a later mail puts in the place of what an earlier one says, and what it does not."""

import pytest

from qa.answer.outcome.threads import Thread
from qa.answer.signs.candidate import Candidate
from qa.schema import QUOTED_MAIL, Document
from tests.answer.outcome.making import candidate

QUESTION = "On which day will the kiln be delivered?"
FIRST = "We can deliver the kiln on Friday 28 August."
LATER = "We have put you down for Thursday 3 September instead."
TITLES = {
    "1.eml": ("Your kiln", "2026-08-17"),
    "2.eml": ("Re: Your kiln", "2026-08-20"),
    "3.eml": ("Re: Re: Your kiln", "2026-08-20"),
    "other.eml": ("Re: Your wheel", "2026-08-21"),
    "4.txt": ("Re: Your kiln", "2026-08-21"),
}


def said(doc_id: str, text: str, answer: str, sentence: str = "") -> Candidate:
    return candidate(doc_id, text, sentence or text, answer)


def replaced(first: Candidate, *others: Candidate, question: str = QUESTION) -> Candidate | None:
    def document(doc_id: str) -> Document:
        title, date = TITLES[doc_id]
        return Document(doc_id, title, "", "", date=date)

    thread, found = Thread(question, first, document), [first, *others]
    assert thread.goes_on(one.passage.doc_id for one in found) or not thread.replacement(found)
    return thread.replacement(found)


@pytest.mark.parametrize("doc_id", ["2.eml", "3.eml"])
def test_a_later_mail_that_changes_a_value_takes_its_place(doc_id: str) -> None:
    first, later = said("1.eml", FIRST, "Friday 28 August"), said(doc_id, LATER, "Thursday")
    found = replaced(first, later)
    assert found is not None
    assert found.sentence == later.sentence
    assert found.features == first.features._replace(lead=later.features.lead)


def test_what_is_only_quoted_is_replaced_by_the_mail_that_quotes_it() -> None:
    text = f"{LATER}\n\n{QUOTED_MAIL} of Ada\n\n{FIRST}"
    first = said("2.eml", text, "Friday 28 August", FIRST)
    later = said("2.eml", text, "Thursday 3 September", LATER)
    first = first._replace(features=first.features._replace(other_thing=3.0))
    found = replaced(first, later)
    assert found is not None
    assert (found.features.other_thing, found.features.lead) == (0.0, 1.0)
    assert replaced(later, first) is None


@pytest.mark.parametrize(
    "later",
    [
        said("other.eml", LATER, "Thursday"),  # another thread
        said("4.txt", LATER, "Thursday"),  # no mail
        said("2.eml", "The kiln course is on Thursday 3 September.", "Thursday"),  # no change
        said("2.eml", "We send Petr instead.", "Petr"),  # another kind of value
        said("2.eml", "It now comes at 19:00.", "19:00"),
        said("2.eml", "Date: 3 September, moved", "3 September"),
    ],
)
def test_what_changes_nothing_of_the_kind_takes_no_place(later: Candidate) -> None:
    assert replaced(said("1.eml", FIRST, "Friday 28 August"), later) is None


def test_nothing_is_replaced_by_an_older_mail_or_where_the_quoted_one_is_asked_for() -> None:
    first, later = said("3.eml", FIRST, "Friday 28 August"), said("1.eml", LATER, "Thursday")
    assert replaced(first, later) is None
    first, later = said("1.eml", FIRST, "Friday 28 August"), said("2.eml", LATER, "Thursday")
    assert replaced(first, later, question="When was the earlier date of delivery?") is None


def test_of_several_values_none_is_replaced_unless_the_change_names_it() -> None:
    text = f"{FIRST} The course is on Monday 31 August."
    first = said("1.eml", text, "Friday 28 August", FIRST)
    beside = said("1.eml", text, "Monday 31 August", "The course is on Monday 31 August.")
    later = said("2.eml", LATER, "Thursday")
    assert replaced(first, beside, later) is None
    named = said("2.eml", "The kiln comes on Thursday instead.", "Thursday")
    assert replaced(first, beside, named) is not None
    assert replaced(first, later, said("2.eml", "Or on Monday instead?", "Monday")) is None


def test_an_amount_takes_the_place_of_one_in_the_same_unit() -> None:
    question, first = "What does the kiln cost?", said("1.eml", "It costs 80 euros.", "80 euros")
    for later, takes in (("It is now 70 euros.", True), ("We now take 9 days.", False)):
        answer = " ".join(later.split()[-2:]).rstrip(".")
        found = replaced(first, said("2.eml", later, answer), question=question)
        assert (found is not None) is takes, later


def test_a_name_takes_a_name_s_place_only_if_the_sentences_share_a_word() -> None:
    question, first = "Who brings the kiln?", said("1.eml", "Ada Holm brings it.", "Ada Holm")
    later = said("2.eml", "Bo Lund brings it instead.", "Bo Lund")
    assert replaced(first, later, question=question) is not None
    assert replaced(first, said("2.eml", "I write instead.", "I"), question=question) is None


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        ("New date then: Saturday 5 September.", "Saturday 5 September"),
        ("The kiln can't make it, so it is Saturday 5 September.", "Saturday 5 September"),
        ("Correction: the kiln leaves us on 5 September.", "5 September"),
    ],
)
def test_a_new_date_takes_the_place_of_the_old(later: str, answer: str) -> None:
    found = replaced(said("1.eml", FIRST, "Friday 28 August"), said("2.eml", later, answer))
    assert found is not None


def test_what_is_new_is_not_always_what_was_asked_for() -> None:
    first = said("1.eml", FIRST, "Friday 28 August")
    assert replaced(first, said("2.eml", "The new shelf comes on 5 May.", "5 May")) is None
