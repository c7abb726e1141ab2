"""Rule out rows and lines of forms that another of the same table or form plainly beats.

Which row has the question's own values, or the most of what it asks for; which line was filled in.
Does not know scores.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations

from qa.answer.signs.candidate import Candidate, meant
from qa.answer.signs.features import Features
from qa.answer.signs.tables.cells import cells, fields, is_empty_field, of_other_time
from qa.answer.signs.tables.conditions import compares_rows
from qa.answer.signs.tables.dated import rows_outside
from qa.answer.signs.tables.explained import About, about_table
from qa.answer.signs.tables.lookup import cells_asked, is_too_long, may_ask_of_cells
from qa.answer.signs.tables.rows import Row, Tables
from qa.answer.signs.tables.superlative import explains_all, extreme, extreme_label
from qa.answer.signs.values.times import begins_with_day
from qa.schema import Passage, RowAnswer, Span
from qa.words import asked_stems, content_stems

_WHICH = re.compile(r"\W*which (?!is\b|are\b|was\b|were\b)[a-z]", re.IGNORECASE)
_OTHER = 3.0
_AHEAD = 16.0  # log-odds: of prose that shares words with the question
_EXACT = 4.0  # log-odds, where a table explains every word of a question
_COMPUTED = 1.0  # log-odds that the row answers if its table is meant; nothing is left to judge


def extremes(question: str, found: list[Candidate], tables: Tables) -> list[Candidate]:
    """Of every table keep the row that has the most or least, if there is exactly one.

    The other rows of tables are taken to be of other things: none of them is the answer. What is
    computed is as sure as that the table is meant, so the network's doubts don't count.
    """
    labelled, rest = list[Candidate](), list[Candidate]()
    for candidate in found:
        row = fields(candidate.said) if cells(candidate.said) else []
        if row and extreme_label(question, candidate.said, row) is not None:
            features = _computed(candidate.features)
            labelled.append(candidate._replace(features=features, computed=True))
        else:
            rest.append(candidate)

    explained = set[int]()

    def choose(rows: list[Row], about: About) -> list[RowAnswer]:
        best = extreme(question, rows)
        if best is not None and explains_all(question, rows, about):
            explained.add(best.row.start)
        return [] if best is None else [best]

    chosen, left = _of_tables(rest, tables, choose)
    chosen = [
        one._replace(
            features=_exact(one.features)
            if one.sentence.start in explained
            else _computed(one.features)
        )
        for one in chosen
    ]
    left = [_doubted(one, 1.0, 1.0) if cells(one.said) else one for one in left]
    return [*left, *chosen, *without_beaten_rows(question, labelled)]


def meeting_conditions(question: str, found: list[Candidate], tables: Tables) -> list[Candidate]:
    """Of every table whose rows can be told to meet what is asked or not, keep those that do.

    They become one candidate. Where none does, the rows are taken to be of other things, and where
    it is not plain which are more or less than an amount; of dates those that are not before, or
    after, the one that is asked.
    """
    if not may_ask_of_cells(question):
        return found
    others = set[int]()
    compares = compares_rows(question)

    def choose(rows: list[Row], about: About) -> list[RowAnswer]:
        asked = cells_asked(question, rows, about)
        if asked == [] or (asked is None and compares):
            others.update(row.start for row in rows)
        elif asked is None:
            others.update(row.start for row in rows_outside(question, rows))
        return asked or []

    long = [one for one in found if is_too_long(tables, one.passage, one.sentence)]
    kept = set(map(id, long))
    chosen, left = _of_tables([one for one in found if id(one) not in kept], tables, choose)
    if _are_alike_but_differ(chosen, tables):
        if len({one.passage.context for one in chosen}) > 1:
            return found  # versions, told apart by what stands above them
        return [*long, *left, *(_doubted(one, _OTHER) for one in chosen)]
    return [
        *long,
        *(_doubted(one, _OTHER) if one.sentence.start in others else one for one in left),
        *(one._replace(features=_exact(one.features)) for one in chosen),
    ]


def _are_alike_but_differ(chosen: list[Candidate], tables: Tables) -> bool:
    """Whether two tables of a file with the same columns differ in what they answer."""
    labels = [tuple(cell.label for cell in cells(one.said)) for one in chosen]
    answers = []
    for one in chosen:
        text = tables.text_of(one.passage.doc_id)
        spans = [each.answer for each in one.listed] or [one.answer]
        answers.append([text[slice(*span)] for span in spans])
    files = [one.passage.doc_id for one in chosen]
    return any(
        mine == other and said != beside
        for (*mine, said), (*other, beside) in combinations(
            zip(files, labels, answers, strict=True), 2
        )
    )


def _of_tables(
    found: list[Candidate],
    tables: Tables,
    choose: Callable[[list[Row], About], list[RowAnswer]],
) -> tuple[list[Candidate], list[Candidate]]:
    """Make one candidate of the rows that are chosen of each table, whichever of them were read.

    Returns:
        These, and all that are of no such table.
    """
    left = list[Candidate]()
    about: dict[tuple[str, int], About] = {}
    known: dict[tuple[str, int, About], list[RowAnswer]] = {}
    chosen = defaultdict[tuple[str, int], list[tuple[Candidate, list[RowAnswer]]]](list)
    for candidate in found:
        passage, start = candidate.passage, candidate.sentence.start
        rows = tables.around(passage.doc_id, start) if cells(candidate.said) else []
        if not rows:
            left.append(candidate)
            continue
        place = (passage.passage_id, rows[0].start)
        if place not in about:
            about[place] = about_table(passage, rows, tables.text_of(passage.doc_id))
        asked = (passage.doc_id, rows[0].start, about[place])
        if asked not in known:
            known[asked] = choose(rows, asked[-1])
        picked = known[asked]
        if picked:
            chosen[passage.doc_id, rows[0].start].append((candidate, picked))
        else:
            left.append(candidate)
    nearest = [max(of_table, key=lambda read: _nearness(*read)) for of_table in chosen.values()]
    return [_listing(*read, tables.text_of(read[0].passage.doc_id)) for read in nearest], left


def _nearness(candidate: Candidate, picked: list[RowAnswer]) -> tuple[bool, float]:
    """Say how well a row stands for those that are picked: one of them, and near the question."""
    features = candidate.features
    is_picked = any(one.row.start == candidate.sentence.start for one in picked)
    return is_picked, features.retrieval + features.cosine


def _listing(candidate: Candidate, picked: list[RowAnswer], text: str) -> Candidate:
    """Make the first of some rows the sentence, in a passage of its own unless it was read."""
    passage, (row, answer) = candidate.passage, picked[0]
    if not passage.start <= row.start < row.end <= passage.end:
        passage = passage.of_row(row, text)
    listed = tuple(picked) if len(picked) > 1 else ()
    return candidate._replace(
        passage=passage, sentence=row, answer=answer, computed=True, listed=listed
    )


def _doubted(candidate: Candidate, other_thing: float, wrong_type: float = 0.0) -> Candidate:
    features = candidate.features
    return candidate._replace(
        features=features._replace(
            other_thing=max(features.other_thing, other_thing),
            wrong_type=max(features.wrong_type, wrong_type),
        )
    )


def _computed(features: Features) -> Features:
    return meant(features)._replace(
        wrong_type=0.0, missing_figure=0.0, alone=_COMPUTED, claimed=_COMPUTED
    )


def _exact(features: Features) -> Features:
    """Say that a table explains every word of the question."""
    return _computed(features)._replace(
        margin=_AHEAD, evidence=_AHEAD, alone=_EXACT, claimed=_EXACT, coverage=1.0
    )


def without_beaten_rows(question: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out rows of which another of the same table has the question's words, and more.

    Where it is asked which, or as many, but more of them in its cells: “Status: completed”, not
    “Completion: 2028”. Lines that each begin with a day are rows, too.
    """
    beats = _beats_in_cells if _WHICH.match(question) else _beats
    tables: defaultdict[tuple[str, tuple[str, ...]], list[Candidate]] = defaultdict(list)
    for candidate in found:
        text = candidate.passage.slice(candidate.sentence)
        row = cells(text)
        if len(row) > 1 or begins_with_day(text):
            labels = tuple(cell.label for cell in row if cell.label) if len(row) > 1 else ()
            tables[candidate.passage.doc_id, labels].append(candidate)
    beaten = {
        id(one)
        for rows in tables.values()
        for one in rows
        if any(beats(other, one) for other in rows)
    }
    return [candidate for candidate in found if id(candidate) not in beaten]


def _beats(other: Candidate, one: Candidate) -> bool:
    return one.held < other.held


def _beats_in_cells(other: Candidate, one: Candidate) -> bool:
    alike = one.held == other.held
    return _beats(other, one) or (alike and _in_cells(one) < _in_cells(other))


def _in_cells(candidate: Candidate) -> frozenset[str]:
    """Return the question's words that a row has outside of its columns' names."""
    said = candidate.said
    values = " ".join(said[slice(*cell.value)] for cell in cells(said))
    return candidate.held & content_stems(values)


def without_fields_beside_empty(question: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out a form's lines where the question names one that was not filled in.

    Where “Returned on” is empty, “Lent on” does not say when something was returned; a line whose
    label has another word of the question stays.
    """
    asked = asked_stems(question)
    passages = {candidate.passage.passage_id: candidate.passage for candidate in found}
    empty = {passage_id: _empty_fields(passage) for passage_id, passage in passages.items()}

    def stays(candidate: Candidate) -> bool:
        lines = empty[candidate.passage.passage_id]
        labels = [content_stems(candidate.passage.slice(line)) for line in lines]
        named = [label for label in labels if label and label <= asked]
        row = fields(candidate.said) if named else []
        own = content_stems(row[0].label) & asked if len(row) == 1 else None
        return candidate.sentence not in lines and (
            own is None or not any(own <= label for label in named)
        )

    return [candidate for candidate in found if stays(candidate)]


def _empty_fields(passage: Passage) -> set[Span]:
    shifted = ((span, span.shift(-passage.start)) for span in passage.sentences)
    return {span for span, inside in shifted if is_empty_field(passage.text, *inside)}


def of_asked_time(question: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out a form's “Last calibrated” where the next is asked for, or the other way round."""
    rows = [fields(candidate.said) for candidate in found]
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for candidate, row in zip(found, rows, strict=True):
        labels[candidate.passage.doc_id] += [row[0].label] if len(row) == 1 else []
    other = {doc_id: of_other_time(question, own) for doc_id, own in labels.items()}
    return [
        candidate
        for candidate, row in zip(found, rows, strict=True)
        if len(row) != 1 or row[0].label not in other[candidate.passage.doc_id]
    ]
