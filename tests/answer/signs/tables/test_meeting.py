"""Rows that meet what is asked: exact, or none."""

import pytest

from qa.answer.signs.tables.dated import rows_outside
from qa.answer.signs.tables.explained import About, about_table
from qa.answer.signs.tables.lookup import cell_asked
from qa.answer.signs.tables.meeting import rows_that_meet
from qa.answer.signs.tables.rows import Row, Tables
from qa.answer.signs.tables.worth_reading import worth_reading
from qa.schema import Passage, Span

STOCK = """Plant: Yew | Pot size: 2 l | Price: £12.50 | In stock: 14 | Supplier: Harrow Nursery
Plant: Box | Pot size: 1 l | Price: £6.80 | In stock: 0 | Supplier: Fenwick & Son
Plant: Lavender | Pot size: 1 l | Price: £4.20 | In stock: 56 | Supplier: Harrow Nursery
Plant: Hornbeam | Pot size: 5 l | Price: £21.00 | In stock: 0 | Supplier: Mill Lane Growers
Plant: Field maple | Pot size: 5 l | Price: £18.50 | In stock: 3 | Supplier: Mill Lane Growers"""
PARKING = """Street: Abbey Road | Ticket machines: 2 | Maximum stay: 2 hours
Street: Bell Lane | Ticket machines: 0 | Maximum stay: 30 minutes
Street: Castle Street | Ticket machines: 3 | Maximum stay: 4 hours"""
WEEK = """Name: Oona Fairley | Role: Team lead | Mon 9: Early | Tue 10: Early | Wed 11: Early
Name: Bashir Koury | Role: Helpdesk | Mon 9: Late | Tue 10: Late | Wed 11: Off
Name: Rik Verhoeven | Role: Apprentice | Mon 9: College | Tue 10: Early | Wed 11: College"""
ROTA = """Day: Monday | Morning: Asha Patel | Afternoon: Tom Reyes | Off: Lena Vogt
Day: Tuesday | Morning: Lena Vogt | Afternoon: Tom Reyes | Off: Asha Patel
Day: Friday | Morning: Lena Vogt | Afternoon: Asha Patel | Off: Tom Reyes"""
TASKS = """No.: 1 | Action: Order the gutters | Owner: Tomasz Bielik | Due: 21 March
No.: 2 | Action: Survey building C | Owner: Helga Strand | Due: 30 April
No.: 3 | Action: Ask for a permit | Owner: Tomasz Bielik | Due: 4 April"""
BUDGET = """Item: Staff | 2025: £410,000 | 2026: £428,000
Item: Exhibitions | 2025: £120,000 | 2026: £95,000
Item: Heating | 2025: £61,000 | 2026: £58,500"""
ROOMS = """Room: Oak | Seats: 12 | Projector: yes | Kitchen: no
Room: Elm | Seats: 40 | Projector: no | Kitchen: yes
Room: Ash | Seats: 25 | Projector: yes | Kitchen: yes"""
BIRDS = """Species: Lapwing | 2021: 42 | 2022: 38 | 2023: 31
Species: Avocet | 2021: 0 | 2022: 0 | 2023: 4
Species: Snipe | 2021: 18 | 2023: 15
Species: Godwit | 2021: 3 | 2022: 5 | 2023: 0"""
LOANS = """Tool: Hedge trimmer | Borrower: Kaya Demir | Returned: 9 May 2025
Tool: Ladder | Borrower: Ben Ahlers | Deposit: yes
Tool: Tile cutter | Borrower: Kaya Demir | Deposit: no
Tool: Ladder | Borrower: Rosa Lind | Returned: 4 May 2025"""
TEAS = """Tea: Assam | From: India | Price (GBP): 4.50 | Price (EUR): 5.30
Tea: Sencha | From: Japan | Price (GBP): 7.40 | Price (EUR): 8.70
Tea: Gunpowder | From: China | Price (GBP): 3.90 | Price (EUR): 4.60"""
OWNERS = """Task: Paint the gallery | Owner: Gus | Status: open
Task: Write the leaflet | Owner: Yolanda, Gus | Status: done
Task: Train the guides | Owner: Hanneke | Status: open"""
BOOKED = """Room: Elm | Seats: 12 | Booked by: Greta Simms | Projector: yes
Room: Oak | Seats: 20 | Booked by: Ivan Petrov | Projector: yes
Room: Elm | Seats: 12 | Booked by: Nadia Khan | Projector: yes"""
HOURS = """Name: Maria Falk | Team: Finance | Days: Mon, Wed, Thu
Name: Henrik Boll | Team: Support | Days: Mon-Fri"""
STAFF = """Name: Ola Berg | Team: Sales | Joined: 2019-03-01 | Contract ends: 2027-02-28
Name: Ken Abe | Team: Support | Joined: 2021-09-15 | Contract ends: 2026-08-31
Name: Mia Wolf | Team: Sales | Joined: 2023-01-10 | Contract ends: n/a"""
BRIDGES = """Bridge: High Bridge | River: Tarn | Opened: 1894 | Length (m): 210
Bridge: Mill Bridge | River: Tarn | Opened: 1932 | Length (m): 88
Bridge: New Bridge | River: Avel | Opened: 1957 | Length (m): 320"""
HALLS = """Hall: Forum | Opened: 1985 | Seats: 1,800
Hall: Arcade | Opened: 1999 | Seats: 1,650
Hall: Dome | Opened: 1988 | Seats: 5,000"""
MUSEUMS = """Museum: Sea Museum | Closed: Monday | Fee: €5
Museum: Toy Museum | Closed: Mon, Tue | Fee: €4
Museum: Glass Works | Closed: Wednesday | Fee: €6"""
INVOICES = """Invoice: INV-1 | Due: 04/25/2026 | Amount: $400
Invoice: INV-2 | Due: 05/20/2026 | Amount: $250
Invoice: INV-3 | Due: 06/02/2026 | Amount: $310"""
MEETINGS = """Conference: PyFest | Date: 12 May
Conference: DataDays | Date: 3 March 2026
Conference: LawConf | Date: 9 November 2027"""
SLASHED = """Order: Bolts | Placed: 02/03/2026
Order: Nails | Placed: 05/04/2026"""
CODES = "Room: A1 | Projector: yes\nRoom: B2 | Projector: no\nRoom: C3 | Projector: yes"
PRICES = "Item: Ax | Price: £1,000 | Stock: 5\nItem: Bo | Price: £2,000 | Stock: 0"
SHIFTS = (
    "Day: Mon | Duty: Ann\nDay: Tue | Duty: Ann / Bo\nDay: Wed | Duty: Bo\n"
    "Day: Thu | Duty: Ann and Cy"
)
PARKS = "Park: North | Stay: 45 minutes\nPark: South | Stay: 4 hours"
TREES = "Tree: Oak | Class: I\nTree: Elm | Class: II"
TEAMS = (
    "Team: IT | Revenue 2024: 100 | Costs 2024: 40 | Revenue 2025: 90 | Costs 2025: 90\n"
    "Team: HR | Revenue 2024: 10 | Costs 2024: 50 | Revenue 2025: 13 | Costs 2025: 40"
)
ITEMS = """Item code: FT-1 | Description: Threaded rod | Availability: Out of stock - due 23 June
Item code: FT-2 | Description: Hex bolt | Availability: In stock
Item code: FT-3 | Description: Wood screw | Availability: Low stock"""


def rows_of(text: str) -> list[Row]:
    return Tables(lambda _: text).around("a.md", 0)


def said(question: str, text: str, above: str = "", prose: str = "") -> list[str] | None:
    met = rows_that_meet(question, rows_of(text), About(above, prose))
    return None if met is None else [text[slice(*one.answer)] for one in met]


@pytest.mark.parametrize(
    ("text", "question", "answers"),
    [
        (STOCK, "Which plants are out of stock?", ["Box", "Hornbeam"]),
        (STOCK, "Which plants are in stock?", ["Yew", "Lavender", "Field maple"]),
        (STOCK, "Which plants come from Harrow Nursery?", ["Yew", "Lavender"]),
        (STOCK, "What plants does Mill Lane Growers supply?", ["Hornbeam", "Field maple"]),
        (STOCK, "Which plants does Harrow sell?", ["Yew", "Lavender"]),
        (STOCK, "Which plants are not from Harrow Nursery?", ["Box", "Hornbeam", "Field maple"]),
        (STOCK, "Which plants cost less than £7?", ["Box", "Lavender"]),
        (STOCK, "What costs more than £20?", ["Hornbeam"]),
        (STOCK, "Which plants cost no more than £6.80?", ["Box", "Lavender"]),
        (STOCK, "Which plants come in a 5 l pot?", ["Hornbeam", "Field maple"]),
        (STOCK, "Which plants of Mill Lane Growers are out of stock?", ["Hornbeam"]),
        (STOCK, "Who supplies the plants under £7?", ["Fenwick & Son", "Harrow Nursery"]),
        (PARKING, "Which street has no ticket machine?", ["Bell Lane"]),
        (PARKING, "Which streets have ticket machines?", ["Abbey Road", "Castle Street"]),
        (PARKING, "Where can I stay for 1 hour?", ["Abbey Road", "Castle Street"]),
        (PARKING, "Where can I stay for more than 2 hours?", ["Castle Street"]),
        (WEEK, "Who is off on Wednesday?", ["Bashir Koury"]),
        (WEEK, "Who is early on Tuesday?", ["Oona Fairley", "Rik Verhoeven"]),
        (WEEK, "When is the apprentice at college?", ["Mon 9", "Wed 11"]),
        (WEEK, "On which day is Bashir off?", ["Wed 11"]),
        (ROTA, "When is Lena Vogt off?", ["Monday"]),
        (ROTA, "Which mornings does Lena work?", ["Tuesday", "Friday"]),
        (TASKS, "What does Tomasz have to do?", ["Order the gutters", "Ask for a permit"]),
        (TASKS, "Which tasks are due in April?", ["Survey building C", "Ask for a permit"]),
        (TASKS, "List all actions", ["Order the gutters", "Survey building C", "Ask for a permit"]),
        (BUDGET, "Which items get less money in 2026 than in 2025?", ["Exhibitions", "Heating"]),
        (BUDGET, "Which items go up in 2026?", ["Staff"]),
        (ROOMS, "Which rooms have a projector?", ["Oak", "Ash"]),
        (ROOMS, "Which rooms don't have a projector?", ["Elm"]),
        (ROOMS, "Which rooms have a projector and a kitchen?", ["Ash"]),
        (ROOMS, "Which rooms have more than 20 seats?", ["Elm", "Ash"]),
        (ITEMS, "Which items are out of stock?", ["Threaded rod"]),
        (BIRDS, "Which species had no birds in 2023?", None),  # nothing says what is counted
        (BIRDS, "Which species had no in 2021?", ["Avocet"]),
        (TEAS, "Which teas cost less than £5?", ["Assam", "Gunpowder"]),
        (TEAS, "Which teas cost less than 5 euros?", ["Gunpowder"]),
        (TEAS, "Which teas cost between 5 and 8 euros?", ["Assam"]),
        (TEAS, "Which teas do not come from China?", ["Assam", "Sencha"]),
        (OWNERS, "What does Gus have to do?", ["Paint the gallery", "Write the leaflet"]),
        (OWNERS, "Which tasks of Gus are open?", ["Paint the gallery"]),
        (BOOKED, "Which rooms have more than 10 seats?", ["Elm", "Oak"]),  # once each
        (BOOKED, "Which rooms have more than 15 seats?", ["Oak"]),
        (CODES, "Which rooms have a projector?", ["A1", "C3"]),
        (PRICES, "Which items cost less than 1500 and are in stock?", ["Ax"]),
        (SHIFTS, "On which days does Ann work?", ["Mon", "Tue", "Thu"]),
        (PARKS, "Which parks allow a stay between 30 minutes and 2 hours?", ["North"]),
        (TREES, "Which trees are of class I?", ["Oak"]),
        (TEAMS, "Which teams had more costs in 2025 than in 2024?", ["IT"]),
        (HOURS, "Who works on Wednesday?", ["Maria Falk", "Henrik Boll"]),
        (HOURS, "Who works on Tuesdays?", ["Henrik Boll"]),
        (HOURS, "Who works on Sunday?", []),
        (TASKS, "Which actions are due before 4 April?", ["Order the gutters"]),
        (TASKS, "Which actions are due by 4 April?", ["Order the gutters", "Ask for a permit"]),
        (TASKS, "What is due after March?", ["Survey building C", "Ask for a permit"]),
        (TASKS, "Who has an action due before the end of March?", ["Tomasz Bielik"]),
        (TASKS, "Which actions are due between 1 and 30 April?",
         ["Survey building C", "Ask for a permit"]),
        (TASKS, "Which of Tomasz's actions are due in April?", ["Ask for a permit"]),
        (TASKS, "What must be done before April?", ["Order the gutters"]),
        (TASKS, "What should Tomasz do before 5 April?", ["Order the gutters", "Ask for a permit"]),
        (HOURS, "Which teams are open on Tuesday?", ["Support"]),
        (TASKS, "Which actions are due before 1 March?", []),
        (LOANS, "Which tools were returned after 5 May 2025?", ["Hedge trimmer"]),
        (STAFF, "Who joined since 2021?", ["Ken Abe", "Mia Wolf"]),
        (STAFF, "Whose contract ends before 2027?", ["Ken Abe"]),
        (STAFF, "Which people in Sales joined before 1 February 2023?", ["Ola Berg", "Mia Wolf"]),
        (BRIDGES, "Which bridges opened before 1950 and are longer than 100 m?", ["High Bridge"]),
        (BRIDGES, "Which bridges are longer than 0.2 km?", ["High Bridge", "New Bridge"]),
        (BRIDGES, "Which bridges opened between 1900 and 1960?", ["Mill Bridge", "New Bridge"]),
        (HALLS, "Which halls have between 1500 and 2000 seats?", ["Forum", "Arcade"]),
        (MUSEUMS, "Which museums are closed on Monday?", ["Sea Museum", "Toy Museum"]),
        (INVOICES, "Which invoices are due before 21 May 2026?", ["INV-1", "INV-2"]),
    ],
)  # fmt: skip
def test_rows_meet_what_is_asked(text: str, question: str, answers: list[str] | None) -> None:
    assert said(question, text) == answers


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (STOCK, "Which evergreen plants come from Harrow Nursery?"),  # nothing says that
        (STOCK, "Which plants came from Harrow Nursery in 2019?"),
        (STOCK, "Which trees are out of stock?"),
        (STOCK, "Which plants come from Kew Gardens?"),
        (STOCK, "Which plants cost less than $5?"),
        (STOCK, "Which plants are cheapest?"),
        (STOCK, "How many plants are out of stock?"),
        (STOCK, "Who supplies Box?"),  # one row by its name needs no table
        (STOCK, "Why are plants out of stock?"),
        (ROTA, "When does Tom Reyes work?"),  # mornings, afternoons, or not at all
        (BUDGET, "Which items get less in 2024 than in 2023?"),
        (ROOMS, "Which rooms have no window?"),
        (WEEK, "When is the caretaker off?"),
        (LOANS, "Which tools did Kaya Demir return?"),  # what was done is no plain verb
        (LOANS, "Which tools does Kaya Demir still have?"),
        (LOANS, "Who must carry the ladder?"),
        (BIRDS, "Which species had no in 2022?"),  # or were not counted
        (OWNERS, "What does Gus still have to do?"),
        (TEAS, "Which teas cost only £3.90?"),
        (BOOKED, "Which people have a projector in the Elm?"),
        (ROOMS, "Which rooms have a projector or a kitchen?"),
        (ROOMS, "Which rooms have more than 20 broken seats?"),
        (ROOMS, "Which rooms have between 1.200 and 1,500 seats?"),
        (TASKS, "Which tasks are due by April?"),
        (TASKS, "Which tasks are due before 4 April 2024?"),  # of which year they are nobody says
        (TASKS, "Which tasks were paid before 4 April?"),
        (BRIDGES, "Which bridges closed before 1950?"),
        (MUSEUMS, "Which museums are open on Monday?"),  # all but those
        (INVOICES, "Which invoices are due before 05/06/2026?"),  # 5 June or 6 May
        (MEETINGS, "Which conferences are before 2026?"),  # of which year is 12 May
        (TASKS, "What happened after April?"),
        (BRIDGES, "Which bridges opened before the war?"),
        (SLASHED, "Which orders were placed before 3 April 2026?"),  # 2 March or 3 February
        (WEEK, "Who is off on Wed 11 March?"),
        (TREES, "Which trees may I buy?"),
        (TREES, "Who sells trees of class II?"),
        (STOCK, "Which supplements does Harrow Nursery sell?"),
    ],
)
def test_what_a_table_does_not_explain_is_left_alone(text: str, question: str) -> None:
    assert said(question, text) is None


def test_it_is_told_from_nothing_that_no_row_meets_a_condition() -> None:
    assert said("Which plants cost more than £50?", STOCK) == []


def test_what_stands_above_and_beside_a_table_explains_words() -> None:
    question = "Which trees of the garden centre are out of stock?"
    assert said(question, STOCK) is None
    assert said(question, STOCK, "Garden centre: trees") == ["Box", "Hornbeam"]
    question = "Who has the early turn on Tuesday?"
    assert said(question, WEEK) is None
    assert said(question, WEEK, prose="One on every turn.") == ["Oona Fairley", "Rik Verhoeven"]


def test_very_many_rows_are_no_answer() -> None:
    text = "\n".join(f"Plant: Fern {n} | Shelf: {'ab'[n % 2]}1" for n in range(100))
    assert said("Which plants are on shelf a1?", text) is None


def passage(text: str, start: int, end: int) -> Passage:
    spans, at = [], 0
    for line in text.split("\n"):
        if start <= at < end:
            spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return Passage(f"p{start}", "a.md", start, end, text[start:end], "", tuple(spans))


def test_a_table_that_is_not_read_is_worth_reading_if_its_rows_meet_what_is_asked() -> None:
    half = STOCK.index("Plant: Lavender")
    first, second = passage(STOCK, 0, half - 1), passage(STOCK, half, len(STOCK))
    prose = Passage("p", "b.md", 0, 5, "Yews.", "", (Span(0, 5),))
    texts = {"a.md": STOCK, "b.md": "Yews."}.__getitem__

    def worth(question: str, *passages: Passage) -> list[Passage]:
        return worth_reading(question, passages, 1, Tables(texts))

    out = "Which plants are out of stock?"
    assert worth(out, prose, second) == [second]
    assert worth(out, prose, first, second) == [first]
    assert worth(out, first, second) == []  # it is read in part, which is enough
    assert worth("Which plants are poisonous?", prose, second) == []
    dearest = "Which plant is the most expensive?"
    assert worth(dearest, first, second) == [second]
    assert worth(dearest, second, first) == []


STAFF = """Department: Law | Actual 2024 (kEUR): 870 | Budget 2025 (kEUR): 900 | Headcount 2025: 9
Department: IT | Actual 2024 (kEUR): 2310 | Budget 2025 (kEUR): 2950 | Headcount 2025: 23
Department: Sales | Actual 2024 (kEUR): 5120 | Budget 2025 (kEUR): 4880 | Headcount 2025: 58"""


SURVEY = """Question: Staff | Very satisfied: 67 % | Satisfied: 27 % | Dissatisfied: 3 %
Question: Café | Very satisfied: 22 % | Satisfied: 30 % | Dissatisfied: 11 %"""


def test_a_caption_tells_tables_apart() -> None:
    text = (
        "Fees 2024\n\nZone: A | Residents: £60\nZone: B | Residents: £45\n\n"
        "Fees 2025\n\nZone: A | Residents: £72\nZone: B | Residents: £45\n"
    )
    rows = Tables(lambda _: text).around("a.md", text.index("Zone: A | Residents: £72"))
    whole = Passage("p", "a.md", 0, len(text), text, "Parking", ())
    about = about_table(whole, rows, text)
    found = cell_asked("How much do residents pay in zone A in 2025?", rows, about)
    assert found is not None
    assert text[slice(*found.answer)] == "£72"
    assert cell_asked("How much do residents pay in zone A in 2024?", rows, about) is None


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        (STAFF, "How many people work in IT?", "23"),
        (STAFF, "What did IT actually spend in 2024?", "2310"),
        (STAFF, "How much is the budget of Sales for 2025?", "4880"),
        (STAFF, "How much was the Sales budget in 2024?", None),  # the budget, or 2024?
        (STAFF, "How many people work in Marketing?", None),
        (STAFF, "How many people worked in IT in 2023?", None),
        (STAFF, "How does it work?", None),
        (SURVEY, "How many were very satisfied with the staff?", "67 %"),
        (SURVEY, "How many were satisfied with the staff?", "27 %"),
        (SURVEY, "When were people satisfied with the staff?", None),
        (SURVEY, "Who was satisfied with the staff?", None),
        (WEEK, "What shift does Bashir have on Wednesday?", "Off"),
        (WEEK, "What is Oona's role?", "Team lead"),
        (WEEK, "What does Oona earn on Wednesday?", None),
        (WEEK, "How many shifts does Oona have on Wednesday?", None),
    ],
)
def test_a_cell_is_found_by_its_row_and_its_column(
    text: str, question: str, said: str | None
) -> None:
    found = cell_asked(question, rows_of(text), About("", ""))
    assert (found and text[slice(*found.answer)]) == said


def test_rows_whose_dates_are_all_on_the_other_side_are_known() -> None:
    tasks = Tables(lambda doc_id: TASKS).around("a", 0)
    outside = rows_outside("What happened after March?", tasks)
    assert [row.value("No.") for row in outside] == ["1"]
    assert not rows_outside("What happened?", tasks)
    assert not rows_outside("What happened after March 2025?", tasks)
