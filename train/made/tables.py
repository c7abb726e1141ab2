"""Make up tables and forms with a question each: which row, which column, or neither.

Rows are worded as the product words them ("Part: Fork | Shelf: C1"), or as the source of a
Markdown table; forms are lines of label and value. The facts are invented. Does not know
tokens or models.
"""

from train.data import Answer, Example
from train.made.table_words import COLUMNS, ROWS, Column, Rng, count, decimal

_MEASURES = (
    "revenue",
    "output",
    "production",
    "number of visitors",
    "cost",
    "profit",
    "export",
    "budget",
    "tonnage",
)


def table_examples(how_many: int, rng: Rng) -> list[Example]:
    """Make tables of three to eight rows, and forms; one in three lacks what is asked for."""
    makers = (_table, _table, _periods, _form)
    return [rng.choice(makers)(rng) for _ in range(how_many)]


def _table(rng: Rng) -> Example:
    """A question names a row, its wording a column."""
    kind, wording, names = rng.choice(ROWS)
    rows = rng.sample(names, min(len(names), rng.randint(3, 8)))
    columns = rng.sample(COLUMNS, rng.randint(2, 5))
    headers = [kind, *(rng.choice(column.headers) for column in columns)]
    cells = [[name, *(column.value(rng) for column in columns)] for name in rows]
    row, column = rng.randrange(len(rows)), rng.randrange(len(columns))
    asked, name = columns[column], rows[row]
    missing = rng.random()
    if missing < 0.17:
        name = rng.choice([other for other in names if other not in rows] or ["Zeta"])
    elif missing < 0.34:
        asked = rng.choice([other for other in COLUMNS if not _alike(other, columns)])
    question = rng.choice(asked.questions).replace("{row}", wording.format(_cased(name, rng)))
    target = None if missing < 0.34 else (row, column + 1)
    return _rendered(question, headers, cells, target, rng)


def _alike(column: Column, others: list[Column]) -> bool:
    """Whether a reader could take one of the others for what the column's questions want."""
    return any(column is other or column.value is other.value for other in others)


def _periods(rng: Rng) -> Example:
    """A question names a row and a year or plan that heads a column."""
    kind, wording, names = rng.choice(ROWS)
    rows = rng.sample(names, min(len(names), rng.randint(3, 6)))
    first = rng.randint(1995, 2022)
    measure = rng.choice(_MEASURES)
    periods = [str(first + i) for i in range(rng.randint(2, 5))]
    if rng.random() < 0.4:
        periods = [f"{word} {year}" for year in periods[:3] for word in ("plan", "actual")]
    value = rng.choice((count, decimal))
    cells = [[name, *(value(rng) for _ in periods)] for name in rows]
    row, column = rng.randrange(len(rows)), rng.randrange(len(periods))
    name, period = rows[row], periods[column]
    target: tuple[int, int] | None = (row, column + 1)
    missing = rng.random()
    if missing < 0.17:
        name, target = rng.choice([o for o in names if o not in rows] or ["Zeta"]), None
    elif missing < 0.34:
        period, target = str(first + rng.randint(6, 12)), None
    question = rng.choice(
        (
            f"What was the {measure} of {wording.format(name)} in {period}?",
            f"What is the {measure} of {wording.format(name)} for {period}?",
            f"How high was the {measure} in {period} for {wording.format(name)}?",
            f"{name} {period}?",
        )
    )
    return _rendered(question, [kind, *periods], cells, target, rng)


def _rendered(
    question: str,
    headers: list[str],
    cells: list[list[str]],
    target: tuple[int, int] | None,
    rng: Rng,
) -> Example:
    labelled = rng.random() < 0.75
    lines, starts, low = [], [], 0
    if not labelled:
        lines.append("| " + " | ".join(headers) + " |")
        low = len(lines[0]) + 1
    for row in cells:
        parts = [f"{h}: {c}" for h, c in zip(headers, row, strict=True)] if labelled else row
        line = " | ".join(parts) if labelled else "| " + " | ".join(parts) + " |"
        at, begins = low + (0 if labelled else 2), []
        for header, part, cell in zip(headers, parts, row, strict=True):
            begins.append(at + (len(header) + 2 if labelled else 0))
            at += len(part) + 3
            assert part.endswith(cell)
        lines.append(line)
        starts.append(begins)
        low += len(line) + 1
    answers: tuple[Answer, ...] = ()
    if target is not None:
        at_row, at_column = target
        answers = (Answer(cells[at_row][at_column], starts[at_row][at_column]),)
    return Example(question, "\n".join(lines), answers, "", "tables")


def _form(rng: Rng) -> Example:
    """Lines of label and value about one thing."""
    kind, _, names = rng.choice(ROWS)
    name = rng.choice(names)
    columns = rng.sample(COLUMNS, rng.randint(4, 8))
    labels = [kind, *(rng.choice(column.headers) for column in columns)]
    values = [name, *(column.value(rng) for column in columns)]
    separator = rng.choice((": ", ": ", ":  ", None))
    lines = [
        f"{label}{separator}{value}" if separator else f"{label:<18}{value}"
        for label, value in zip(labels, values, strict=True)
    ]
    number = rng.randrange(len(columns))
    asked, target = columns[number], number + 1
    missing = rng.random() < 0.33
    if missing:
        asked = rng.choice([other for other in COLUMNS if not _alike(other, columns)])
    thing = rng.choice((f"the {kind.lower()}", f"the {kind.lower()}", name, "it"))
    question = rng.choice(
        (
            rng.choice(asked.questions).replace("{row}", thing),
            f"What is the {asked.headers[0].lower()}?",
        )
    )
    start = sum(len(line) + 1 for line in lines[: target + 1]) - 1 - len(values[target])
    answers = () if missing else (Answer(values[target], start),)
    return Example(question, "\n".join(lines), answers, "", "forms")


def _cased(name: str, rng: Rng) -> str:
    return name.lower() if rng.random() < 0.3 else name
