"""Made-up reports in, questions out: figures, dates and names that are easily mixed up.

Each passage states several facts of one kind that differ in year, place or actor, and the
question asks for one of them, or for one that is not there. The facts are invented; the
kinds and wordings are those of official reports. Does not know tokens or models.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

from qa.months import MONTHS
from train.data import Answer, Example

_PLACES = (
    "Albania,Bulgaria,Cambodia,Chile,Cyprus,Ghana,Guyana,Iceland,Jordan,Kenya,Laos,Malta,"
    "Moldova,Mongolia,Morocco,Nepal,Norway,Oman,Panama,Senegal,Slovenia,Tajikistan,Togo,"
    "Tunisia,Uganda,Uruguay,Vanuatu,Zambia,Alberta,Bavaria,Dalmatia,Oregon,Queensland,"
    "Tasmania,Transylvania,Wales,the Azores,the Baltic coast,the northern provinces,"
    "the Upper Valley,the capital region,the lake district"
).split(",")
_ACTORS = (
    "the border police,the coast guard,customs officers,the Ministry of Health,the navy,"
    "the Forest Service,the Central Bank,the statistics office,the Red Cross,UNICEF,"
    "the World Bank,the European Commission,the Treasury,the Port Authority,the harbour police,"
    "the National Water Agency,the Ministry of Education,the federal prosecutor,OXFAM,"
    "the Swiss embassy,the British government,the Gates Foundation,the mining ministry"
).split(",")
_GOODS = (
    "ivory,rosewood,tobacco,timber,coffee,copper,wheat,counterfeit medicine,cannabis,heroin,"
    "diesel,pesticides,fish,cement,cotton,methamphetamine,gold ore,rubber,sugar,scrap metal"
).split(",")
_PEOPLE = (
    "teachers,judges,nurses,prosecutors,farmers,engineers,police officers,volunteers,pilots,"
    "midwives,auditors,inspectors,interpreters,firefighters,students,veterans"
).split(",")
_THINGS = (
    "schools,clinics,wells,bridges,courts,turbines,shelters,laboratories,libraries,"
    "police stations,radio towers,greenhouses,patrol boats,irrigation canals"
).split(",")
_PURPOSES = (
    "flood protection,teacher training,rural electrification,vaccination campaigns,"
    "road repair,judicial reform,reforestation,drug treatment,mine clearance,"
    "refugee housing,anti-corruption work,airport security,crop research"
).split(",")
_FIRST = "Maria,John,Amina,Lars,Chen,Fatou,Igor,Nadia,Peter,Rosa,Samuel,Yuki,Omar,Greta".split(",")
_LAST = "Okafor,Lindqvist,Haddad,Novak,Tanaka,Moreau,Silva,Weber,Banerjee,Kovac,Reid".split(",")
_OFFICES = (
    "minister of transport,governor,chief justice,director of the agency,commissioner,"
    "head of the mission,chair of the board,mayor,rector,ambassador"
).split(",")

Slots = dict[str, str]


class Kind(NamedTuple):
    """One kind of fact.

    Attributes:
        statements: Sentences with slots, in words as reports use them.
        questions: By asked slot: questions with the slots that pin it down.
        keys: Slots in which the facts of a passage differ, and which a question that has no
            answer gets changed.
    """

    statements: tuple[str, ...]
    questions: dict[str, tuple[str, ...]]
    keys: tuple[str, ...]


_KINDS = (
    Kind(
        (
            "In {year}, {actor} seized {amount} of {good} in {place}.",
            "{actor} confiscated {amount} of {good} in {place} during {year}.",
            "Seizures of {good} in {place} by {actor} came to {amount} in {year}.",
        ),
        {
            "amount": (
                "How much {good} did {actor} seize in {place} in {year}?",
                "What quantity of {good} was seized in {place} in {year}?",
                "How much {good} was confiscated in {year}?",
            ),
            "place": ("Where did {actor} seize {good} in {year}?",),
            "actor": ("Who confiscated {good} in {place} in {year}?",),
            "year": ("In what year did {actor} seize {amount} of {good}?",),
        },
        ("year", "good", "place", "actor"),
    ),
    Kind(
        (
            "{actor} provided {money} for {purpose} in {place} from {years}.",
            "For {purpose} in {place}, {actor} spent {money} over {years}.",
            "{actor} has pledged {money} to {place} ({years}) for {purpose}.",
        ),
        {
            "money": (
                "How much did {actor} spend on {purpose} in {place}?",
                "What amount did {actor} provide for {purpose}?",
                "How much money went into {purpose} in {place}?",
            ),
            "years": ("Over which years did {actor} fund {purpose} in {place}?",),
            "purpose": ("What did {actor} provide {money} for?",),
            "actor": ("Who paid for {purpose} in {place}?",),
        },
        ("actor", "purpose", "place"),
    ),
    Kind(
        (
            "Between {range} {people} work in {place}, {actor} estimates.",
            "{actor} puts the number of {people} in {place} at {range}.",
            "An estimated {range} {people} were active in {place} in {year}, according to {actor}.",
        ),
        {
            "range": (
                "How many {people} are there in {place}?",
                "What is the estimated number of {people} in {place}?",
                "How many {people} does {actor} count in {place}?",
            ),
            "actor": ("Whose estimate is the number of {people} in {place}?",),
        },
        ("people", "place"),
    ),
    Kind(
        (
            "{actor} trained {count} {people} and opened {count2} {things} in {place} in {year}.",
            "In {place}, {count2} {things} were built and {count} {people} trained by {actor} in "
            "{year}.",
            "By {year}, {actor} had schooled {count} {people} in {place}, which got {count2} new "
            "{things}.",
        ),
        {
            "count": (
                "How many {people} were trained in {place} in {year}?",
                "How many {people} did {actor} train in {year}?",
            ),
            "count2": (
                "How many {things} were opened in {place}?",
                "How many new {things} did {place} get in {year}?",
            ),
            "year": ("When were {people} trained in {place}?",),
        },
        ("year", "place", "people", "things"),
    ),
    Kind(
        (
            "{share} of the {good} from {place} goes to {place2}, and {share2} to {place3}.",
            "{place2} buys {share} of the {good} that {place} exports; {place3} buys {share2}.",
        ),
        {
            "share": (
                "What share of the {good} from {place} goes to {place2}?",
                "What percentage of {good} from {place} does {place2} buy?",
            ),
            "share2": ("How much of the {good} from {place} goes to {place3}?",),
            "place2": ("Where does {share} of the {good} from {place} go?",),
        },
        ("good", "place", "place2", "place3"),
    ),
    Kind(
        (
            "{person} became {office} of {place} on {date}, succeeding {person2}, who had served "
            "since {year}.",
            "On {date}, {person} was sworn in as {office} of {place}; {person2} had held the "
            "office from {year}.",
        ),
        {
            "date": (
                "When did {person} become {office}?",
                "On what date was the {office} of {place} sworn in?",
            ),
            "year": ("Since when had {person2} been {office} of {place}?",),
            "person": (
                "Who followed {person2} as {office} of {place}?",
                "Who became {office} of {place} on {date}?",
            ),
            "person2": ("Whom did {person} succeed?", "Who was {office} before {person}?"),
        },
        ("person", "person2", "office"),
    ),
    Kind(
        (
            "| {place} | {year} | {good} | {amount} |",
            "{good} output, {place}, {year}: {amount}.",
            "{place} produced {amount} of {good} in {year}.",
        ),
        {
            "amount": (
                "How much {good} did {place} produce in {year}?",
                "What was the {good} output of {place} in {year}?",
            ),
            "year": ("In which year did {place} produce {amount} of {good}?",),
        },
        ("year", "place", "good"),
    ),
)


def templated_examples(count: int, rng: random.Random) -> list[Example]:
    """Make passages of two to six facts with a question each; two in five lack the answer."""
    return [_example(rng) for _ in range(count)]


def _example(rng: random.Random) -> Example:
    kind = rng.choice(_KINDS)
    asked = rng.choice(list(kind.questions))
    fact = _fact(rng)
    question = rng.choice(kind.questions[asked])
    keys = [key for key in kind.keys if f"{{{key}}}" in question]
    others = [_differing(fact, kind.keys, keys, rng) for _ in range(rng.randint(1, 3))]
    missing = rng.random() < 0.4
    wanted = dict(fact)
    if missing:
        key = rng.choice(keys)
        taken = {fact[key], *(other[key] for other in others)}
        wanted[key] = _other(key, taken, rng)
    sentences = [rng.choice(kind.statements).format(**other) for other in others]
    if not missing or rng.random() < 0.9:
        template = rng.choice(kind.statements)
        told = template if f"{{{asked}}}" in template else kind.statements[0]
        sentences.append(told.format(**fact))
    sentences += [
        rng.choice(other.statements).format(**_fact(rng))
        for other in rng.sample(_KINDS, rng.randint(0, 2))
        if other is not kind
    ]
    rng.shuffle(sentences)
    table = any(sentence.startswith("|") for sentence in sentences)
    told_all = [sentence[0].upper() + sentence[1:] for sentence in sentences]
    context = ("\n" if table else " ").join(told_all)
    answers = () if missing else _answer(context, sentences, fact, asked)
    return Example(question.format(**wanted), context, answers, "", "facts")


def _answer(context: str, sentences: list[str], fact: Slots, asked: str) -> tuple[Answer, ...]:
    """Find the asked value in the one sentence that has all of a fact's values it can have."""
    best = max(sentences, key=lambda sentence: sum(value in sentence for value in fact.values()))
    low = context.lower().index(best.lower())
    start = context.lower().index(fact[asked].lower(), low)
    return (Answer(context[start : start + len(fact[asked])], start),)


def _differing(
    fact: Slots, keys: tuple[str, ...], asked_by: list[str], rng: random.Random
) -> Slots:
    """Make a fact that differs in a key the question names, perhaps one more, and in figures."""
    other = dict(fact)
    fresh = _fact(rng)
    for slot in ("amount", "money", "range", "count", "count2", "share", "share2", "date"):
        other[slot] = fresh[slot]
    for key in {rng.choice(asked_by), *rng.sample(keys, rng.randint(0, 1))}:
        other[key] = _other(key, {fact[key]}, rng)
    return other


def _other(key: str, taken: set[str], rng: random.Random) -> str:
    while (value := _fact(rng)[key]) in taken:
        pass
    return value


def _fact(rng: random.Random) -> Slots:
    """Fill every slot."""
    places = rng.sample(_PLACES, 3)
    year = rng.randint(1985, 2024)
    first, second = (
        f"{a} {b}"
        for a, b in zip(rng.sample(_FIRST, 2), rng.sample(_LAST, 2), strict=True)
    )  # fmt: skip
    low = rng.randint(2, 90) * rng.choice((1, 10, 100, 1000))
    high = low + rng.randint(1, 9) * max(1, low // 10)
    share, share2 = rng.randint(2, 60), rng.randint(2, 38)
    percent = rng.choice(("%", " percent"))
    return {
        "place": places[0], "place2": places[1], "place3": places[2],
        "actor": rng.choice(_ACTORS), "good": rng.choice(_GOODS),
        "people": rng.choice(_PEOPLE), "things": rng.choice(_THINGS),
        "purpose": rng.choice(_PURPOSES), "office": rng.choice(_OFFICES),
        "person": first, "person2": second,
        "year": str(year), "years": f"{year} {rng.choice(('to', '–'))} {year + rng.randint(1, 8)}",
        "date": f"{rng.choice(MONTHS)} {rng.randint(1, 28)}, {year}",
        "amount": _amount(rng), "money": _money(rng),
        "range": f"{low:,} {rng.choice(('and', 'to'))} {high:,}",
        "count": f"{rng.randint(12, 9000):,}", "count2": str(rng.randint(2, 95)),
        "share": f"{share}{percent}", "share2": f"{share2}{percent}",
    }  # fmt: skip


def _amount(rng: random.Random) -> str:
    unit = rng.choice(("metric tons", "tons", "kilograms", "kg", "hectares", "cubic meters"))
    make: Callable[[], str] = rng.choice(
        (
            lambda: f"{rng.randint(2, 9500):,} {unit}",
            lambda: f"{rng.uniform(1, 90):.1f} {unit}",
            lambda: f"more than {rng.randint(2, 900):,} {unit}",
        )
    )
    return make()


def _money(rng: random.Random) -> str:
    scale = rng.choice(("million", "billion"))
    sign = rng.choice(("$", "€", "£", "$"))
    make: Callable[[], str] = rng.choice(
        (
            lambda: f"{sign}{rng.randint(2, 950)} {scale}",
            lambda: f"{sign}{rng.uniform(1, 90):.1f} {scale}",
            lambda: f"{sign}{rng.randint(20, 950)},000",
            lambda: f"{sign}{(low := rng.randint(2, 60))} to {low + rng.randint(1, 40)} {scale}",
        )
    )
    return make()
