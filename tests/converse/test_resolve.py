"""Follow-ups are completed from what was said, and whole questions are left as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.converse.exchange import Exchange, Understood
from qa.converse.resolve import understand

LABS = Exchange(
    "How many cocaine laboratories were destroyed in 2018?",
    "351",
    "These units also destroyed 351 cocaine laboratories.",
    "peru.txt",
    doc_ids=("peru.txt", "chile.txt"),
)
AIRPORT = Exchange(
    "Which airport got a new command center?",
    "Jorge Chavez International Airport",
    "A Tactical Command Center opened at Lima’s Jorge Chavez International Airport in 2017.",
)
WHO = Exchange("Who directs the museum?", "Anna Berg", "The museum is directed by Anna Berg.")
SEIZED = Exchange("How much marijuana was seized in Peru in 2018?", "21.9 MT")
CAPTAIN = Exchange("Who was the captain of the Solvind?", "Bo Holm")
BOUGHT = Exchange("What did the town buy in 2016?", "a tram, two buses and a ferry")


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        (Exchange("Who is the chair of the rowing club?", "Bo Ek"), "and the treasurer?",
         "Who is the treasurer of the rowing club?"),
        (Exchange("Are dogs welcome in the Hotel Ash?"), "What about the youth hostel?",
         "Are dogs welcome in the youth hostel?"),
        (Exchange("Who comes on 13 March?"), "and on the 12th?", "Who comes on 12 March?"),
        (Exchange("Who is responsible for the warehouse?", "Bo Ek"), "When does it open?",
         "When does the warehouse open?"),
        (Exchange("Who was Ada Holm?", "She was the daughter of a fisher"), "When was she born?",
         "When was Ada Holm born?"),
        (Exchange("Who does Nuala Ray report to?", "Bo Ek", "She reports to Bo Ek."),
         "And who is his deputy?", "And who is Bo Ek’s deputy?"),
        (Exchange("Does the hotel have a sauna?"), "Then does it have a bar?",
         "Does the hotel have a bar?"),
        (Exchange("Who chairs the art society?", "Bo Ek"), "What did they decide?",
         "What did the art society decide?"),
        (Exchange("Who leads the Snowdonia trip?"), "back to snowdonia, what does it cost?",
         "What does snowdonia cost?"),
        (Exchange("What is the rent in Berlin?"), "And the deposit?",
         "What is the deposit in Berlin?"),
        (Exchange("What are the fees of the club?"), "When are they due?",
         "When are the fees due?"),
        (Exchange("What happened on 3 May 2019?"), "And on the 4th?",
         "What happened on 4 May 2019?"),
        (LABS, "and in 2017?", "How many cocaine laboratories were destroyed in 2017?"),
        (LABS, "What about 2019", "How many cocaine laboratories were destroyed in 2019?"),
        (LABS, "And the year before?", "How many cocaine laboratories were destroyed in 2017?"),
        (LABS, "and from 2010 to 2012?",
         "How many cocaine laboratories were destroyed from 2010 to 2012?"),
        (Exchange("What does BITMAP stand for?"), "and PNP?", "What does PNP stand for?"),
        (Exchange("What happened in 2017?"), "and in 2018?", "What happened in 2018?"),
        (Exchange("Who is the landlord?", "Greenacre"), "and the tenants?", "Who are the tenants?"),
        (Exchange("Who fixes the boiler?", "The landlord"), "How quickly?",
         "How quickly does the landlord fix the boiler?"),
        (Exchange("Who chaired the meeting?", "P. Novak"), "When is the next one?",
         "When is the next meeting?"),
        (Exchange("How many seats does the small hall have?", "40"), "and the large one?",
         "How many seats does the large hall have?"),
        (Exchange("Which version closed the hole?"), "When was it released?",
         "When was the version that closed the hole released?"),
        (Exchange("Which river floods every year?"), "Where does it begin?",
         "Where does the river that floods every year begin?"),
        (Exchange("What port does the server use?", "8080"), "Since which version?",
         "Since which version does the server use?"),
        (Exchange("How many users can the Basic edition have?"), "Does it run on Linux?",
         "Does the Basic edition run on Linux?"),
        (Exchange("How much may a hotel in London cost?"), "and in Paris?",
         "How much may a hotel in Paris cost?"),
        (Exchange("What is the fine for keeping a dog?"), "and for letting it run free?",
         "What is the fine for letting it run free?"),
        (Exchange("To whom did Ms Kovacs sell honey?", "Mr Brandt"), "When was she born?",
         "When was Ms Kovacs born?"),
        (Exchange("How do I upgrade the server?"), "How do I uninstall it?",
         "How do I uninstall the server?"),
        (Exchange("What is the fee for a licence?", "45"), "for two dogs?",
         "What is the fee for two dogs?"),
        (Exchange("What is the fee?", "45"), "and if I am over 65?",
         "What is the fee if I am over 65?"),
        (Exchange("What does the farm sell?", ""), "how much?", "How much does the farm sell?"),
        (Exchange("Who gave her the hives?", "old Mr Brandt"), "When was he born?",
         "When was old Mr Brandt born?"),
        (LABS, "Why?", "Why were cocaine laboratories destroyed in 2018?"),
        (LABS, "where was that?", "Where were cocaine laboratories destroyed in 2018?"),
        (LABS, "By whom?", "By whom were cocaine laboratories destroyed in 2018?"),
        (LABS, "Where were they?", "Where were cocaine laboratories?"),
        (LABS, "what about airstrips?", "How many airstrips were destroyed in 2018?"),
        (LABS, "And how many airstrips were found?", "How many airstrips were found in 2018?"),
        (LABS, "What happened then?", "What happened in 2018?"),
        (SEIZED, "and coca leaf?", "How much coca leaf was seized in Peru in 2018?"),
        (SEIZED, "and in Chile?", "How much marijuana was seized in Chile in 2018?"),
        (SEIZED, "And Chile?", "How much marijuana was seized in Chile in 2018?"),
        (SEIZED, "How much cocaine?", "How much cocaine was seized in Peru in 2018?"),
        (SEIZED, "Who lives there?", "Who lives in Peru?"),
        (AIRPORT, "When was it opened?", "When was Jorge Chavez International Airport opened?"),
        (AIRPORT, "Where is that airport?", "Where is Jorge Chavez International Airport?"),
        (AIRPORT, "Why?",
         "Why is it that Jorge Chavez International Airport got a new command center?"),
        (WHO, "How old is she?", "How old is Anna Berg?"),
        (WHO, "What is her salary?", "What is Anna Berg’s salary?"),
        (WHO, "Since when?", "Since when is it that Anna Berg directs the museum?"),
        (CAPTAIN, "Who was his lawyer?", "Who was Bo Holm’s lawyer?"),
        (Exchange("What does a permit cost?", "90"), "Where do I get one?",
         "Where do I get a permit?"),
        (Exchange("How much does a resident permit cost?", "90"), "Who needs one?",
         "Who needs a resident permit?"),
        (Exchange("Who has to change the seal?", "the workshop"), "how often?",
         "How often does the workshop have to change the seal?"),
        (Exchange("When was the order to abandon the ship given?", "23:04"),
         "When should it have been?", "When should the order to abandon the ship have been?"),
        (BOUGHT, "What did the second one cost?", "What did two buses cost?"),
    ],
)  # fmt: skip
def test_a_follow_up_is_completed(before: Exchange, question: str, meant: str) -> None:
    assert understand(question, [before]) == Understood(meant, "follow_up")


@pytest.mark.parametrize(
    "question",
    [
        "How many smugglers were arrested at the Port of Callao?",
        "Did Peru publish its plan in 2018?",
        "How did the police say they found the gold?",
        "Who was the director and where was he born?",
        "How long does it take to get a permit?",
        "Is it allowed to keep hens?",
        "Is there a swimming pool?",
        "What does the report say about money laundering?",
        "Which operation was executed in May 2018?",
        "What is BITMAP?",
        "Tell me about coca eradication",
        "What is on this page?",
        "Who said that prices would rise?",
        "What does INL do?",
        "Кто директор музея?",
        "¿Quién es el alcalde?",
        "من هو مدير المتحف؟",
        "you silly machine, say something to me",
        "Which one is the largest of the lakes?",
        "Can I take one or two at once?",
        "What happens in book one?",
        "May I use the boats then?",
        "When is the trip then?",
        "More than in Leeds?",
    ],
)
def test_a_whole_question_is_left_alone(question: str) -> None:
    for before in (LABS, AIRPORT, WHO, SEIZED, BOUGHT):
        assert understand(question, [before]) == Understood(question)


def test_a_place_is_not_she() -> None:
    before = Exchange("When is it open?", "April", title="Visiting the Tarn Valley Museum")
    assert understand("Where did she come from?", [before]).step == "alone"
    lidman = Exchange("When was the letter written?", "1950", title="Elsa Lidman")
    meant = understand("Where did she come from?", [lidman])
    assert meant.question == "Where did Elsa Lidman come from?"


@pytest.mark.parametrize(
    "question",
    ["tell me more", "More details, please", "go on", "What else?", "Is there anything else?"],
)
def test_more_is_asked_of_the_question_before(question: str) -> None:
    assert understand(question, [WHO, LABS]) == Understood(LABS.question, "more")


@pytest.mark.parametrize("question", ["who else?", "and where else?", "Any others?", "others?"])
def test_another_answer_is_asked_of_the_question_before(question: str) -> None:
    assert understand(question, [LABS, WHO]) == Understood(WHO.question, "else")


def test_a_document_is_named_by_its_place_among_those_shown() -> None:
    found = understand("What does the second document say about coca?", [LABS])
    assert found.doc_id == "chile.txt"
    assert understand("How many ships were there in the first document?", [LABS]) == Understood(
        "How many ships were there?", "follow_up", "peru.txt"
    )
    assert not understand("What does the fifth document say about coca?", [LABS]).doc_id


def test_a_file_named_before_is_carried_over() -> None:
    before = Exchange("In mill-cedar.txt, how much grain was ground?", "275 tonnes")
    found = understand("And how many people were employed?", [before])
    assert found.question == "How many people were employed in mill-cedar.txt?"


def test_who_was_talked_about_lately_is_meant() -> None:
    earlier = [
        Exchange("Where was Elsa Lidman born?", "Uppsala"),
        Exchange("With whom did Elsa Lidman travel to Java?", "with Anna Kroon"),
    ]
    assert understand("When did she die?", earlier).question == "When did Elsa Lidman die?"
    earlier.append(Exchange("Who is Ruth Ackermann?", "the chair of the board"))
    assert understand("How old is she?", earlier).question == "How old is Ruth Ackermann?"


@pytest.mark.parametrize("question", ["Why?", "And Chile?", "And in 2017?", "Where is it?"])
def test_nothing_is_made_up_from_nothing(question: str) -> None:
    assert understand(question, []) == Understood(question)
    assert understand(question, [Exchange("")]).question == question


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Back to the course: how long is it?", "How long is the course?"),
        ("ok, going back to the pool - when does it open?", "When does the pool open?"),
        ("As for the tenants, do they pay for water?", "Do the tenants pay for water?"),
        ("About the deposit: who holds it", "Who holds the deposit?"),
        ("As for children under 12, what do they pay?", "What do children under 12 pay?"),
        ("About Mr. Okoro: when did he resign?", "When did Mr. Okoro resign?"),
        (
            "Back to the course, please: what is its price?",
            "Back to the course, please: what is its price?",
        ),
        ("One question about the minutes: who was absent?", "Who was absent (the minutes)?"),
        ("Regarding Mr Okoro, when did he resign?", "When did Mr Okoro resign?"),
    ],
)
def test_a_topic_that_is_named_first_is_what_is_asked_about(question: str, meant: str) -> None:
    assert understand(question, [LABS]).question == meant
    assert understand(question, []) == Understood(question)


@pytest.mark.parametrize(
    "question",
    [
        "About how many people, all told, came to the meeting?",
        "As for me, I would like to know who pays?",
        "Which way back to the hotel, please?",
        "About 5,000 euros were spent, on what?",
        "About 10:30, who called?",
        "Regarding ISO 27001:2013, which controls are required?",
        "About 300 people came, how many were children?",
        "Back to the Future: who directed it?",
        "About Time: who directed it?",
        "As for rent, water and heat, who pays?",
        "Regarding Mr Okoro, the treasurer, when did he resign?",
        "Regarding the deposit, I got the money back.",
    ],
)
def test_what_only_looks_like_a_topic_is_left_alone(question: str) -> None:
    found = understand(question, [Exchange("How are you?")]).question
    assert found.startswith(question[:8])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_understood_as_something(before: str, answer: str, question: str) -> None:
    found = understand(question, [Exchange(before, answer, answer, title=answer)])
    assert isinstance(found.question, str)


@pytest.mark.parametrize(
    "piece", ["and ", "what about ", "the same ", "How many ", "in 2018 ", "A. ", "’s "]
)
def test_a_pasted_page_is_read_in_no_time(piece: str) -> None:
    long = piece * (2000 // len(piece))
    assert understand(long, [LABS]).question
    assert understand("And in 2017?", [Exchange(long, long[:200])]).question
