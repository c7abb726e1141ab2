"""Mail addresses, telephone numbers and web addresses are what they look like."""

import pytest

from qa.answer.signs.contacts import contact, lacks_contact

OFFICE = (
    "Call +44 20 7946 0018 ext. 12 or write to info@club.example; see https://club.example/x?y=1."
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the email address?", "info@club.example"),
        ("what's your e-mail", "info@club.example"),
        ("What is the office's phone number?", "+44 20 7946 0018 ext. 12"),
        ("Which number do I call?", "+44 20 7946 0018 ext. 12"),
        ("What is the website?", "https://club.example/x?y=1"),
        ("What is the address?", None),
        ("How many calls came in?", None),
        ("How do I set up e-mail?", None),
    ],
)
def test_what_is_asked_for_is_found(question: str, said: str | None) -> None:
    found = contact(question, OFFICE)
    assert (found and OFFICE[slice(*found)]) == said


def test_a_sentence_without_one_is_of_something_else() -> None:
    assert lacks_contact("What is the email address?", "The office is in Quay Street.")
    assert not lacks_contact("What is the email address?", OFFICE)
    assert not lacks_contact("Where is the office?", "The office is in Quay Street.")
    assert contact("Which number do I call?", "Call 020 7946 0018 or 020 7946 0019.") is None
    assert lacks_contact("What is the phone number?", "It was built in 1911.")
