"""Questions made of sentences are English; what is not certain is not asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.draft.clauses import clauses
from qa.draft.questions import Capitals, questions
from qa.draft.verbs import BY_BASE, BY_PARTICIPLE, BY_PAST


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "The Red Cross opened three shelters in Bergen and distributed 5,000 blankets.",
            "How many shelters did the Red Cross open in Bergen?",
            "three",
        ),
        (
            "The Red Cross opened three shelters in Bergen and distributed 5,000 blankets.",
            "How many blankets did the Red Cross distribute?",
            "5,000",
        ),
        (
            "The Red Cross opened three shelters in Bergen.",
            "Where did the Red Cross open three shelters?",
            "Bergen",
        ),
        (
            "In 2021, the museum welcomed 58,400 visitors.",
            "How many visitors did the museum welcome in 2021?",
            "58,400",
        ),
        (
            "Seventeen members voted for the shed.",
            "How many members voted for the shed?",
            "Seventeen",
        ),
        (
            "Forty percent of the visitors came from Wales.",
            "What percentage of the visitors came from Wales?",
            "Forty percent",
        ),
        (
            "Insurance claims rose by 30 percent compared with 2021.",
            "By what percentage did insurance claims rise compared with 2021?",
            "30 percent",
        ),
        ("The rent is £1,150 per month.", "How much is the rent per month?", "£1,150"),
        (
            "The Tenant shall pay a deposit of £1,325 before moving in.",
            "How much is the deposit that the Tenant shall pay before moving in?",
            "£1,325",
        ),
        (
            "The Tenant must report any damage within 48 hours.",
            "Within how many hours must the Tenant report any damage?",
            "48 hours",
        ),
        (
            "Police at the Port of Callao seized 7.9 MT of cocaine.",
            "How much cocaine did police at the Port of Callao seize?",
            "7.9 MT",
        ),
        (
            "Lubricate the seals with grease twice a year.",
            "How often should you lubricate the seals with grease?",
            "twice a year",
        ),
        ("The warranty lasts 24 months.", "How long does the warranty last?", "24 months"),
        (
            "The Green Party nominated Ann Lee and the Red Party nominated Bo Ray in 1999.",
            "Who nominated Ann Lee?",
            "Green Party",
        ),
        ("The machine weighs 9.5 kg.", "How much does the machine weigh?", "9.5 kg"),
        (
            "The Askøy Bridge was built by the firm Aas-Jakobsen in 1992.",
            "When was the Askøy Bridge built by the firm Aas-Jakobsen?",
            "1992",
        ),
        (
            "The Tarn Museum was founded in 1904 by Edith Crane.",
            "Who founded the Tarn Museum in 1904?",
            "Edith Crane",
        ),
        (
            "Maria Keller chaired the meeting, and Tom Abiola took the minutes.",
            "Who chaired the meeting?",
            "Maria Keller",
        ),
        (
            "Erik Dahl, the head of the Met Office, opened the new station in 1999.",
            "Who is the head of the Met Office?",
            "Erik Dahl",
        ),
        (
            "The Peruvian National Police (PNP) trained officers.",
            "What does PNP stand for?",
            "Peruvian National Police",
        ),
        (
            "“Premises” means the flat and the cellar.",
            "What does “Premises” mean?",
            "the flat and the cellar",
        ),
        (
            "A tapestry is a thick textile fabric with pictures.",
            "What is a tapestry?",
            "a thick textile fabric with pictures",
        ),
        (
            "There are 14 volunteers in the archive.",
            "How many volunteers are there in the archive?",
            "14",
        ),
        (
            "The next meeting will be held on 11 July 2023 at 7 p.m. in the clubhouse.",
            "At what time will the next meeting be held on 11 July 2023 in the clubhouse?",
            "7 p.m.",
        ),
        (
            "The police seized $15 million worth of properties from a ring.",
            "What was the value of the properties that the police seized from a ring?",
            "$15 million",
        ),
    ],
)
def test_a_sentence_is_turned_round(sentence: str, question: str, answer: str) -> None:
    found = {entry.question: entry.answers for entry in questions(sentence)}
    assert question in found, found
    assert answer in found[question]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was opened in 1781.",
        "These units destroyed 351 laboratories in 2018.",
        "They also seized 25 tons of coca leaf in May 2018.",
        "In one case, the police seized $15 million worth of properties.",
        "The company sold its 40 shops in 2011.",
        "The Tenant shall not sublet the flat before 2025.",
        "If the rent is late, the Landlord may charge £10.",
        "However, Peru approved the plan in April 2018.",
        "The units supported by Peru in 2018.",
        "Opened in 1781",
        "In 1973 Nixon named William E.",
        "The church opened three hundred sixty schools.",
        "Is it open? It was opened in 1781.",
        "| Peru | 2018 | 351 |",
        "",
    ],
)
def test_what_does_not_stand_on_its_own_is_left_alone(sentence: str) -> None:
    assert questions(sentence) == []


def test_a_capital_at_the_start_is_kept_for_names_only() -> None:
    words = Capitals.of("We tested smoke alarms. The mayor of Peru thanked us.")
    (alarms,) = questions("Smoke alarms must be tested every three months.", words)
    assert alarms.question == "How often must smoke alarms be tested?"
    peru = [entry.question for entry in questions("Peru approved the plan in April 2018.", words)]
    assert "When did Peru approve the plan?" in peru


def test_verb_forms() -> None:
    bases = ("carry", "stop", "seize", "visit", "pay", "control")
    assert [BY_BASE[base].past for base in bases] == [
        "carried", "stopped", "seized", "visited", "paid", "controlled",
    ]  # fmt: skip
    assert BY_PAST["chose"].base == BY_PARTICIPLE["chosen"].base == "choose"
    assert [BY_BASE[base].present for base in ("teach", "carry", "have")] == [
        "teaches", "carries", "has",
    ]  # fmt: skip


WORDS = st.sampled_from(
    "the The Peru board sold was were has 12 two in 2018 May of and, and by mills which it "
    "percent $40 every months ( ) “x” opened must be held to not John Smith's; is a".split()
)


@given(st.lists(WORDS, max_size=25).map(lambda words: " ".join(words) + "."))
def test_any_sentence_gives_questions_whose_answers_stand_in_it(sentence: str) -> None:
    for entry in questions(sentence):
        assert entry.question.endswith("?")
        assert entry.question[0].isupper()
        assert entry.answers
        assert all(answer in sentence for answer in entry.answers)


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    questions(text)
    clauses(text)
