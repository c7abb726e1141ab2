"""Write figures, amounts and dates one way, so that they can be compared as words.

1,200,000 is 1.2 million, 2019-07-05 is 5 July 2019, “twelve” is 12. Does not know what a
question asks for.
"""

import re
from decimal import Decimal

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d)[.,'’\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,])")
_SCALED = re.compile(
    r"(?P<amount>\d{1,9}(?:\.\d{1,6})?)[\s-]{0,2}(?P<scale>thousand|million|billion|trillion|"
    r"mill|mio|mn|bn|k(?=\b))(?:s|\b)|(?P<money>[$€£¥]\s?\d{1,9}(?:\.\d{1,6})?)\s?(?P<unit>[mMkK])\b",
    re.IGNORECASE,
)
_SCALES = {
    "thousand": 3, "k": 3, "million": 6, "mill": 6, "mio": 6, "mn": 6, "m": 6, "billion": 9,
    "bn": 9, "trillion": 12,
}  # fmt: skip
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?\b")
_SHORT_MONTH = re.compile(
    r"(?:(?<=\d )|(?<=\d\. ))(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?|"
    r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?(?= \d)",
    re.IGNORECASE,
)
_RANKED = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b", re.IGNORECASE)
# "Invoice no. R-12", "tel. 555".
_NUMBER_SIGN = re.compile(r"\b(?:no|nr|num)\.\s+(?=\S*\d)|№\s*|(?<!\S)#(?=\d)", re.IGNORECASE)
_TELEPHONE = re.compile(r"\b(?:tel\b\.?|telephone)", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)
_COUNTED = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNTED, start=2)}
_NUMBERS |= {word: str(number) for number, word in zip(range(30, 100, 10), _TENS, strict=True)}
_NUMBER_WORD = re.compile(rf"(?<![\w-])(?:{'|'.join(_NUMBERS)})\b(?!-)", re.IGNORECASE)


def one_way(text: str) -> str:
    """Write every figure, scaled amount, date and small number of a text in one form."""
    text = _NUMBER_WORD.sub(lambda match: _NUMBERS[match.group().lower()], text)
    text = _TELEPHONE.sub("phone", _NUMBER_SIGN.sub("number ", text))
    return plain_figures(_PERCENT.sub(" percent ", text))


def plain_figures(text: str) -> str:
    """As `one_way`, but leave numbers in words as they are."""
    text = _ISO_DATE.sub(_worded_date, text)
    text = _SHORT_MONTH.sub(lambda match: _long_month(match.group()), text)
    text = _SPACED.sub(lambda match: match.group().replace(" ", ""), _THOUSANDS.sub("", text))
    text = _RANKED.sub(r"\1", text)
    return _SCALED.sub(_in_full, text)


def figures(text: str, *, in_words: bool = False) -> set[str]:
    """Find the numbers of a text, each in one form; small ones in words only if wanted."""
    return set(_FIGURE.findall(one_way(text) if in_words else plain_figures(text)))


def _worded_date(match: re.Match[str]) -> str:
    month = MONTHS[int(match["month"]) - 1]
    day = f"{int(match['day'])} " if match["day"] else ""
    return f"{day}{month} {match['year']}"


def _long_month(short: str) -> str:
    return next(month for month in MONTHS if month.startswith(short[:3].lower()))


def _in_full(match: re.Match[str]) -> str:
    amount = match["amount"] or match["money"].lstrip("$€£¥ ")
    scale = _SCALES[(match["scale"] or match["unit"]).lower()]
    value = Decimal(amount) * 10**scale
    return f" {value.normalize():f} "
