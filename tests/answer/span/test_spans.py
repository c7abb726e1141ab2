"""The words of a sentence that answer: all that are listed, never of the opposite."""

import pytest

from qa.answer.span.spans import best_answer
from qa.models.span_network import SpanScore
from qa.schema import Passage, Span


def said(question: str, text: str, *answers: str) -> str:
    """Choose among the spans of the network, the best first."""
    sentence = Span(0, len(text))
    passage = Passage("id", "a.txt", 0, len(text), text, "", (sentence,))
    spans = [Span(text.index(a), text.index(a) + len(a)) for a in answers]
    others = tuple(SpanScore(span, 1.0 - n) for n, span in enumerate(spans[1:]))
    score = SpanScore(spans[0], 2.0, others=others)
    return passage.slice(best_answer(question, passage, sentence, sentence, score)[0])


KOSOVO = "Phones there had codes of Serbia (+381), Slovenia (+386) or Monaco (+377)."
BOATS = "In summer the last boat leaves at 9.30 p.m., in winter at 7.15 p.m."
CUPS = "A job with a high priority waits, and does not interrupt one that is printing."
TRAMS = "Trams run every eight minutes on weekdays and every twelve minutes at weekends."
POOL = "Those from 6 to 15 pay 3 euros, children under 6 pay 1 euro."
WORKS = "In 1898 she founded the works together with the chemist Fanny Lowe."
FIRE = "In 1911 a fire destroyed the hall and most of the cars."
VOTES = (
    "Solheim (Greens) for, Brandt (Liberals) against, Oduya (Conservatives) against, "
    "Lindqvist (Left) for."
)
BOARD = (
    "There were Marta Keller (chair), Joseph Adeyemi (treasurer), Sanne van der Wit (secretary)."
)
CHAIRED = "Present: Ann Lee (chair), Bo Ek (clerk), Cy Orr."
PAPER = "On light and sleep\nLena Öberg, Tomasz Wilk, Priya Nair\nJournal of Sleep, vol. 18"
CREDITS = "You get 10 % back; below 99 % it is 25 %; below 95 % it is the whole fee."
FAIR = "The fair raised £1,312, £240 more than last year."
HELMETS = "Children under 12 need a helmet; children under 8 must be with an adult."
MAYOR = "From 1960 to 1968 she was mayor of Rovereto."
PLANS = "Vet fees | Basic: £2,000 | Plus: £5,000 | Premier: £12,000"
STATUTES = "Decisions need a simple majority; new statutes need two thirds of the votes."


@pytest.mark.parametrize(
    ("question", "text", "answers", "whole"),
    [
        ("Which country calling codes worked?", KOSOVO, ["Serbia"],
         "Serbia (+381), Slovenia (+386) or Monaco (+377)"),
        ("Which country was first?", KOSOVO, ["Serbia"], "Serbia"),
        ("Where are the backups?", "They are at a second site in Tromvik.", ["a second site"],
         "a second site in Tromvik"),
        ("What is there?", "They are at a second site in Tromvik.", ["a second site"],
         "a second site"),
        ("When does the last boat leave in winter?", BOATS, ["9.30 p.m", "7.15 p.m"], "7.15 p.m"),
        ("How many sheets per hour does press A print?",
         "Press A: prints up to 15,000 sheets per hour; paper up to 52 cm", ["15,000"],
         "up to 15,000"),
        ("What happens to an urgent job?", CUPS, ["waits"], CUPS),
        ("How often do trams run on Sundays?", TRAMS,
         ["every eight minutes", "every twelve minutes"], "every twelve minutes"),
        ("What does a child of 5 pay?", POOL, ["3 euros", "1 euro"], "1 euro"),
        ("Who founded the works?", WORKS, ["Fanny Lowe"], WORKS),
        ("When was the fire?", FIRE, ["1911 a fire destroyed the hall and most of the cars"],
         "1911"),
        ("When and where was the fire?", FIRE, ["1911 a fire destroyed the hall and most"],
         "1911 a fire destroyed the hall and most"),
        ("What majority do new statutes need?", STATUTES,
         ["simple majority; new statutes need two thirds"], "new statutes need two thirds"),
        ("When is the fair?", "Fri 4 Dec    Fair in the hall, 14.00", ["14.00"],
         "Fri 4 Dec    Fair in the hall, 14.00"),
        ("What do I bring?", "1) a passport 2) a photo 3) a visa", ["1) a passport 2) a photo"],
         "1) a passport 2) a photo"),
        ("When must I leave?", "Section 12: within 14 days after notice", ["14 days after notice"],
         "within 14 days after notice"),
        ("Who did Ann write it with?", "Ann wrote it together with Bo.", ["Bo"], "Bo"),
        ("Which leaders voted against?", VOTES, ["Brandt"],
         "Brandt (Liberals) against, Oduya (Conservatives) against"),
        ("Which leader voted against?", VOTES, ["Brandt"], "Brandt"),
        ("Who is the treasurer?", BOARD, [BOARD.removeprefix("There were ")], "Joseph Adeyemi"),
        ("Who is the secretary?", BOARD, [BOARD.removeprefix("There were ")],
         "Sanne van der Wit"),
        ("Who is the clerk?", BOARD, ["Marta Keller (chair)"], "Marta Keller (chair)"),
        ("Who chairs it?", CHAIRED, [CHAIRED.removeprefix("Present: ")], "Ann Lee"),
        ("Who wrote the paper?", PAPER, ["Lena Öberg"], "Lena Öberg, Tomasz Wilk, Priya Nair"),
        ("Who is the first author?", PAPER, ["Lena Öberg"], "Lena Öberg"),
        ("How much do I get back at 94 %?", CREDITS, ["25 %", "the whole fee"],
         "below 95 % it is the whole fee."),
        ("How much does the parcel of 8 kg cost?",
         "Up to 10 kg it costs £10; up to 20 kg it is £20.", ["£10"], "£10"),
        ("What does a child of 6 need?", HELMETS, ["a helmet"], "a helmet"),
        ("Who wrote the poem?", "The Road Not Taken, Robert Frost", ["Robert Frost"],
         "Robert Frost"),
        ("Who signed it?", "Yours\nAnn Lee, Managing Director", ["Ann Lee"], "Ann Lee"),
        ("Who is the vice chair?", "Ann Lee (chair), Bo Ek (vice-president), Cy Orr",
         ["Ann Lee (chair), Bo Ek (vice-president), Cy Orr"],
         "Ann Lee (chair), Bo Ek (vice-president), Cy Orr"),
        ("Who is the deputy head?", "Ann Lee (head), Bo Ek (deputy), Cy Orr (clerk)",
         ["Ann Lee (head), Bo Ek (deputy), Cy Orr (clerk)"], "Bo Ek"),
        ("What is the reduced price?", "Tickets cost 14 francs, the reduced one 9 francs.",
         ["one 9 francs"], "9 francs"),
        ("When did she stop being mayor?", MAYOR, ["1960 to 1968"], "1968"),
        ("When did the war start and end?", "It raged from 1914 to 1918.", ["from 1914 to 1918"],
         "from 1914 to 1918"),
        ("When does the fair end?", "It is on from 3 to 7 May.", ["from 3 to 7 May"],
         "from 3 to 7 May"),
        ("How many voted against it?", "It was rejected by 7 votes to 4.", ["4"], "4"),
        ("How many clerks were hired?", "It adopted it by 6 votes to 2 and hired four clerks.",
         ["four"], "four"),
        ("How much may I take?", "Take one 500 mg tablet a day.", ["one 500 mg tablet"],
         "one 500 mg tablet"),
        ("How many rooms are there?", "No. of rooms: 24", ["24"], "24"),
        ("How heavy may each bag be in Economy?", "Class: Economy | Bags: 2 | Each bag: 23 kg",
         ["23 kg"], "23 kg"),
        ("When did she become mayor?", MAYOR, ["1960 to 1968"], "1960"),
        ("When was she mayor?", MAYOR, ["1960 to 1968"], "1960 to 1968"),
        ("How much does each plan pay for vets?", PLANS, ["£12,000"], PLANS),
        ("How much does Plus pay for vets each year?", PLANS, ["£12,000"], "£5,000"),
        ("How many voted for the bill?", "The bill was adopted by 6 votes to 2.", ["2"], "6"),
        ("How many voted against it?", "They voted 17 to 14, with two abstentions.", ["two"], "14"),
        ("How many came?", "They voted 17 to 14, with two abstentions.", ["two"], "two"),
        ("How much was raised?", FAIR, ["£240", "£1,312"], "£1,312"),
        ("How old is he?", "A 34-year-old man came.", ["34"], "34-year-old"),
        ("What is Sand about?", "Sand (1909), a history of glass", ["1909), a history of glass"],
         "a history of glass"),
    ],
)  # fmt: skip
def test_as_much_is_said_as_is_asked(
    question: str, text: str, answers: list[str], whole: str
) -> None:
    assert said(question, text, *answers) == whole
