"""Names, columns and rows that made-up tables are put together from."""

import random
from collections.abc import Callable
from typing import NamedTuple

from qa.months import MONTHS

Rng = random.Random

_NAMES = (
    "Anna Berg,Tom Reyes,Lucy Oduya,Piet de Vries,Sara Lind,Omar Aziz,Ruth Cohen,Ivo Maric,"
    "Noor Khan,Kim Larsen,Grace Mensah,Hugo Blanc,Mina Sato,Paul Horvat,Elsa Winter,Dan Fisher"
).split(",")
_CODES = "A1,A3,B2,B7,C1,C4,D9,E5,F2,G8,K12,M3,R14,T6".split(",")
_TOWNS = (
    "Abidjan,Bergen,Cork,Dover,Esbjerg,Faro,Genoa,Haifa,Izmir,Kiel,Lagos,Malmö,Nantes,Oslo".split(
        ","
    )
)
_COLOURS = "red,blue,green,grey,white,yellow,brown,black".split(",")
_STATES = "open,closed,delayed,approved,pending,cancelled,in repair,sold".split(",")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class Column(NamedTuple):
    """A column: its headers, questions with `{row}`, and how its values are made."""

    headers: tuple[str, ...]
    questions: tuple[str, ...]
    value: Callable[[Rng], str]


def count(rng: Rng) -> str:
    """Make a number of things, of any size."""
    return f"{rng.choice((rng.randint(2, 99), rng.randint(100, 999), rng.randint(1000, 90000))):,}"


def decimal(rng: Rng) -> str:
    """Make a figure of two decimals."""
    return f"{rng.uniform(0.5, 400):.2f}"


def _date(rng: Rng) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2005, 2026)
    return rng.choice(
        (
            f"{day} {MONTHS[month - 1]} {year}",
            f"{year}-{month:02}-{day:02}",
            f"{day}.{month}.{year}",
        )
    )


def _time(rng: Rng) -> str:
    return f"{rng.randint(6, 22)}:{rng.choice(('00', '15', '30', '45'))}"


COLUMNS = (
    Column(
        ("Length",),
        ("How long is {row}?", "What is the length of {row}?"),
        lambda r: f"{r.randint(3, 90)} m",
    ),
    Column(
        ("Weight", "Mass"),
        ("How heavy is {row}?", "How much does {row} weigh?"),
        lambda r: f"{r.uniform(1, 90):.1f} kg",
    ),
    Column(
        ("Price", "Unit price", "Cost"),
        ("What is the price of {row}?", "How much does {row} cost?", "What does {row} cost?"),
        decimal,
    ),
    Column(
        ("Pieces", "Quantity", "In stock"),
        (
            "How many of {row} are there?",
            "How many pieces of {row} are in stock?",
            "What quantity of {row} is there?",
        ),
        count,
    ),
    Column(
        ("Shelf", "Place", "Location"),
        ("Where is {row}?", "On which shelf is {row}?", "Where is {row} kept?"),
        lambda r: r.choice(_CODES),
    ),
    Column(
        ("Built", "Year built"),
        ("When was {row} built?", "In what year was {row} built?"),
        lambda r: str(r.randint(1890, 2024)),
    ),
    Column(
        ("Founded",),
        ("When was {row} founded?", "What year was {row} founded?"),
        lambda r: str(r.randint(1800, 2020)),
    ),
    Column(
        ("Manager", "Head"),
        ("Who is the manager of {row}?", "Who runs {row}?", "Who heads {row}?"),
        lambda r: r.choice(_NAMES),
    ),
    Column(
        ("Contact", "Contact person"),
        ("Who is the contact for {row}?", "Whom should I contact about {row}?"),
        lambda r: r.choice(_NAMES),
    ),
    Column(
        ("Owner",), ("Who owns {row}?", "Who is the owner of {row}?"), lambda r: r.choice(_NAMES)
    ),
    Column(
        ("Skipper", "Captain", "Master"),
        ("Who is the captain of {row}?", "Who is in charge of {row}?"),
        lambda r: r.choice(_NAMES),
    ),
    Column(
        ("Opens", "Opening time"), ("When does {row} open?", "At what time does {row} open?"), _time
    ),
    Column(
        ("Closes", "Closing time"), ("When does {row} close?", "Until when is {row} open?"), _time
    ),
    Column(
        ("Departs", "Departure"),
        ("When does {row} leave?", "What is the departure time of {row}?"),
        _time,
    ),
    Column(
        ("Due", "Due date", "Deadline"),
        ("When is {row} due?", "What is the deadline for {row}?"),
        _date,
    ),
    Column(("Date",), ("What is the date of {row}?", "On what date was {row}?"), _date),
    Column(
        ("Home port", "Port"),
        ("What is the home port of {row}?", "Where is {row} based?"),
        lambda r: r.choice(_TOWNS),
    ),
    Column(
        ("Colour", "Color"),
        ("What colour is {row}?", "What is the colour of {row}?"),
        lambda r: r.choice(_COLOURS),
    ),
    Column(
        ("Status",),
        ("What is the status of {row}?", "What state is {row} in?"),
        lambda r: r.choice(_STATES),
    ),
    Column(
        ("Staff", "Employees"),
        ("How many people work at {row}?", "How many employees does {row} have?"),
        count,
    ),
    Column(
        ("Population", "Inhabitants"),
        ("How many people live in {row}?", "What is the population of {row}?"),
        count,
    ),
    Column(("Area", "Area (km²)"), ("How large is {row}?", "What is the area of {row}?"), count),
    Column(
        ("Budget",),
        ("What is the budget of {row}?", "How much money does {row} have?"),
        lambda r: f"${r.randint(10, 990)},000",
    ),
    Column(
        ("Share", "Share (%)"),
        ("What share does {row} have?", "What percentage is {row}?"),
        lambda r: f"{r.uniform(1, 60):.1f}%",
    ),
    Column(
        ("Phone", "Telephone"),
        ("What is the phone number of {row}?", "How can I call {row}?"),
        lambda r: f"0{r.randint(20, 99)} {r.randint(100000, 999999)}",
    ),
    Column(
        ("Code", "No.", "Number"),
        ("What is the number of {row}?", "Which code does {row} have?"),
        lambda r: f"{r.choice('ABKRX')}-{r.randint(100, 9999)}",
    ),
    Column(
        ("Supplier",),
        ("Who supplies {row}?", "Where does {row} come from?"),
        lambda r: f"{r.choice(_TOWNS)} {r.choice(('Trading', 'Metals', 'Foods', 'Works'))}",
    ),
    Column(
        ("Flag", "Country"),
        ("What flag does {row} have?", "Which country is {row} from?"),
        lambda r: r.choice(("Panama", "Malta", "Chile", "Norway", "Ghana", "Japan", "Peru")),
    ),
    Column(("Depth",), ("How deep is {row}?",), lambda r: f"{r.randint(2, 400)} m"),
    Column(
        ("Sort", "Type", "Kind"),
        ("What type is {row}?", "What kind of thing is {row}?"),
        lambda r: r.choice(("standard", "heavy", "light", "special", "spare", "basic")),
    ),
)
ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Part",
        "the {}",
        (
            "Axle",
            "Bolt",
            "Chain",
            "Disc",
            "Fork",
            "Gear",
            "Hub",
            "Lever",
            "Pump",
            "Valve",
            "Nut",
            "Seal",
        ),
    ),
    (
        "Boat",
        "the {}",
        ("Alba", "Brisa", "Cala", "Dorado", "Estrella", "Marlin", "Petrel", "Tern", "Osprey"),
    ),
    ("Town", "{}", tuple(_TOWNS)),
    (
        "Department",
        "{}",
        ("Accounting", "Sales", "Research", "Legal", "Logistics", "Marketing", "Personnel"),
    ),
    ("Plant", "the {} plant", ("North", "South", "East", "West", "Harbour", "Valley")),
    ("Room", "room {}", ("101", "102", "203", "204", "310", "Birch", "Alder", "Cedar")),
    (
        "Item",
        "the {}",
        (
            "oak table",
            "brass hinge",
            "desk lamp",
            "steel rope",
            "wool blanket",
            "folding chair",
            "ink pad",
        ),
    ),
    ("Project", "{}", ("Atlas", "Borealis", "Comet", "Delta", "Ember", "Falcon", "Garnet")),
    ("Day", "it on {}", tuple(_WEEKDAYS)),
    (
        "Course",
        "the course {}",
        ("Algebra", "Botany", "Chemistry", "Drawing", "English", "French", "Geology"),
    ),
    (
        "Country",
        "{}",
        ("Peru", "Ghana", "Nepal", "Chile", "Kenya", "Laos", "Malta", "Oman", "Togo"),
    ),
    ("Product", "{}", ("Model A", "Model B", "X200", "X300", "Basic", "Premium", "Family pack")),
    ("Station", "{} station", ("Hill", "Lake", "Mill", "Abbey", "Castle", "Market")),
)
