"""Sentences, rows and the lines of forms: what a citation may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.index.passages.sentences import sentence_spans, units
from qa.schema import Block
from tests.formats.test_blocks import texts


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge is approx. 90 m long and approx. half as wide.",
        "A permit is kr. 45 per day, incl. insurance, excl. fuel.",
        "It was handed to Capt. L. Brandt and Lt. Col. Ames on pier No. 14.",
        "See fig. 3, eq. 12, par. 7, vol. 2 and pp. 40 ff. of the annex.",
        "Some rocks, e.g. basalt, are dark, i.e. poor in quartz.",
        "The budget was 3.5 mio. kr. in the first year.",
        "The max. 30 l tank has a temp. of avg. 7 degrees.",
        "Built ca. 1640, it was sold for c. £200 in Sept. 1802.",
        "Call ext. 41 or tel. 555 0123 for est. 20 minutes.",
        "Die Reise dauert ca. 3 Stunden, vgl. Abb. 2 bzw. Nr. 9 im Anhang.",
        "Der Verein wurde am 14. Mai 1956 gegründet, der Beitrag ist bis 31. März zu zahlen.",
        "Das Fest ist vom 3. August bis zum 5. September geöffnet.",
        "Mødet er den 3. juni og festen den 12. august.",
        "It is by John F. Kennedy and by A. B. Lowe.",
        "Line A. Hansen won the race and Ward B. Pafford lost it.",
        "Ropes, chains etc. are kept by Marlow Ltd. in the yard.",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence]
    assert sentences(f"{sentence} Then it rained.") == [sentence, "Then it rained."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They keep ropes, chains, etc.", "They sell none."),
        ("Take vitamin C.", "It helps."),
        ("He left at 5 p.m.", "The ship sailed."),
        ("He said no.", "She went."),
        ("The fee is 250 kr.", "Children pay less."),
        ("It was written in 1999.", "12 of them came."),
        ("They won 14.", "August was better."),
        ("The room holds 31.", "May I come?"),
        ("i like it small.", "and so do you."),
        ("They moved to House C.", "Ground-floor flats are for pensioners."),
        ("Lamps are in module B.", "Tools are not."),
    ],
)
def test_a_sentence_that_ends_ends(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


FORMS = [
    "Vessel: Heron\nFlag: Malta\nYear built: 1998\nMaster: Capt. S. Lund\nCargo: 900 t of salt",
    "RECEIPT\nReceipt no.      K-77\nNet             410.00\nTax 7 %          28.70",
    "Maker ........ Reed\nSerial no. ... 77\nNext test ..... 3 May",
    "Name:\tAda\nRoom:\t12\nPhone:\t555 01",
    "From: A <a@b.org>\nTo: C <c@d.org>\nDate: Wed, 6 Mar 2024 09:12:00 +0000",
]


@pytest.mark.parametrize("form", FORMS)
def test_each_line_of_a_form_is_a_unit(form: str) -> None:
    assert sentences(form) == form.split("\n")


def test_a_value_goes_on_below_its_label() -> None:
    form = "Owner: Reed and Sons\n   14 Mill Lane\nPort: Leith\nRemarks: repaired in\nspring"
    assert sentences(form) == [
        "Owner: Reed and Sons\n   14 Mill Lane",
        "Port: Leith",
        "Remarks: repaired in\nspring",
    ]


def test_wrapped_prose_is_no_form() -> None:
    prose = "The council met: it was late,\nand the lamps were lit. Nobody\nspoke: all waited."
    assert sentences(prose) == [
        "The council met: it was late,\nand the lamps were lit.",
        "Nobody\nspoke: all waited.",
    ]


def test_a_long_line_of_a_form_has_sentences_of_its_own() -> None:
    form = "Name: Heron\nPort: Leith\nRemarks: " + "She was repaired in spring. " * 12
    assert len(sentences(form)) > 10


@given(text=texts | st.sampled_from(FORMS), content=st.integers(0, 5))
def test_units_are_in_order_trimmed_and_cover_all(text: str, content: int) -> None:
    text = text.strip() or "x"
    block = Block(0, len(text), min(content, len(text) - 1), "paragraph", 0)
    if not text[block.content : block.end].strip():
        return
    position = 0
    for start, end in units(text, block, "en"):
        assert position <= start < end <= len(text)
        assert not text[max(position, block.content) : start].strip()
        position = end
    assert not text[position:].strip()
