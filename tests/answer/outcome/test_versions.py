"""What differs is found, newest first; what is of another thing, place or year is not."""

import random

import pytest

from qa.answer.outcome.things import Things
from qa.answer.outcome.versions import Version, meant, versions
from qa.answer.signs.candidate import Candidate
from tests.answer.outcome.making import candidate, sources

QUESTION = "What does a moorage cost a night?"


def rate(title: str, cost: str, sentence: str = "A moorage costs {} a night.") -> Candidate:
    said = sentence.format(cost)
    name = title.lower().replace(" ", "-")
    return candidate(f"{name}.md", f"{title}\n\n{said}", said, cost)


def found(*candidates: Candidate, question: str = QUESTION) -> list[Version]:
    documents = sources(*candidates)
    things = Things(question, lambda doc_id: documents.document(doc_id).title)
    return versions(question, things, candidates, documents)


def values(read: list[Version]) -> list[str]:
    return [v.candidate.passage.slice(v.candidate.answer) for v in read]


def test_versions_come_newest_first_and_undated_last_in_whatever_order_they_were_found() -> None:
    dated = {"2019": 12, "2024": 19, "May 2022": 15, "": 11}
    rates = [rate(f"Harbour rates {at}".strip(), f"{cost} euros") for at, cost in dated.items()]
    for seed in range(12):
        random.Random(seed).shuffle(rates)
        read = found(*rates)
        assert values(read) == ["19 euros", "15 euros", "12 euros", "11 euros"]
        assert [v.edition.said for v in read] == ["2024", "May 2022", "2019", ""]


@pytest.mark.parametrize(
    "other",
    [
        rate("Harbour rates 2019", "19 euros"),  # the same value
        rate("Harbour rates 2019", "19 euros a boat"),
        rate("Camping rates 2019", "12 euros"),  # another thing
        rate("Harbour rates of Skagen 2019", "12 euros"),  # another place
        rate("Harbour rates 2019", "12 euros", "A moorage in Skagen costs {} a night."),
        rate("Harbour rates 2019", "12 euros", "In 2012 a moorage cost {} a night."),
        rate("Harbour rates 2019", "12 euros", "The fee for washing sails was {}."),
    ],
)
def test_another_thing_place_or_year_is_no_version(other: Candidate) -> None:
    assert found(rate("Harbour rates 2024", "19 euros"), other) == []


def test_a_sentence_less_to_the_point_is_no_version() -> None:
    other = rate("Harbour rates 2019", "12 euros")
    first = rate("Harbour rates 2024", "19 euros")
    for changes in ({"coverage": 0.4}, {"wrong_type": 1.0}, {"other_thing": 1.0},
                    {"missing_figure": 1.0}):  # fmt: skip
        worse = other._replace(features=other.features._replace(**changes))
        assert found(first, worse) == []
        assert len(found(first, other)) == 2


def test_sections_of_a_document_differ_by_their_dates_only() -> None:
    text = "Rates\n\n1.1 From {}\n\nA moorage costs 12 euros a night.\n\n1.1 From {}\n\n{}"
    later = "A moorage costs 19 euros a night."

    def read(one: str, other: str) -> list[str]:
        whole = text.format(one, other, later)
        first = candidate("a.txt", whole, "A moorage costs 12 euros a night.", "12 euros")
        return values(found(first, candidate("a.txt", whole, later, "19 euros")))

    assert read("2019", "2024") == ["19 euros", "12 euros"]
    assert read("April", "October") == []


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What does a moorage cost a night?", ["19 euros", "15 euros", "12 euros"]),
        ("What does a moorage cost a night now?", ["19 euros"]),
        ("What does a moorage cost according to the latest rates?", ["19 euros"]),
        ("What did a moorage cost under the rates of 2019?", ["12 euros"]),
        ("What did a moorage cost previously?", ["15 euros"]),
        ("What did a moorage originally cost?", ["12 euros"]),
        ("What does a moorage cost in 1999?", ["19 euros", "15 euros", "12 euros"]),
    ],
)
def test_a_question_may_mean_one_version(question: str, wanted: list[str]) -> None:
    rates = [rate(f"Harbour rates {year}", f"{cost} euros")
             for year, cost in ((2019, 12), (2024, 19), (2022, 15))]  # fmt: skip
    assert values(meant(question, found(*rates, question=question))) == wanted


@pytest.mark.parametrize(
    ("first_line", "said"),
    [
        ("Notice of 3 March 2023 on moorage", "3 March 2023"),
        ("In 2011 the harbour was deepened.", ""),
        ("Rates, in force from 1 May 2022.", "1 May 2022"),
    ],
)
def test_a_document_without_a_dated_title_is_dated_by_its_heading_or_since_when_it_holds(
    first_line: str, said: str
) -> None:
    sentence = "A moorage costs 12 euros a night."
    text = f"{first_line}\n\n{sentence}"
    undated = candidate("notice.txt", text, sentence, "12 euros")
    dated = rate("Notice 2024", "19 euros")
    documents = sources(dated, undated, titles={"notice.txt": "notice"})
    things = Things(QUESTION, lambda doc_id: documents.document(doc_id).title)
    newest, other = versions(QUESTION, things, [dated, undated], documents)
    assert (newest.edition.said, other.edition.said) == ("2024", said)


@pytest.mark.parametrize("draft", ["Draft harbour rates 2026", "Harbour rates 2026 (proposal)"])
def test_a_draft_is_meant_only_where_it_is_asked_for(draft: str) -> None:
    rates = [rate("Harbour rates 2019", "12 euros"), rate(draft, "23 euros")]
    rates.append(rate("Harbour rates 2024", "19 euros"))
    read = found(*rates)
    assert values(read) == ["19 euros", "12 euros", "23 euros"]
    assert read[-1].edition.said == "draft, 2026"
    assert values(meant(QUESTION, read)) == ["19 euros", "12 euros"]
    assert values(meant("What does a moorage cost now?", read)) == ["19 euros"]
    assert values(meant("What will a moorage cost by the draft?", read)) == ["23 euros"]
