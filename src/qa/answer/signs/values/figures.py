"""Write figures, amounts and dates one way, so that they can be compared as words.

1,200,000 is 1.2 million, 2019-07-05 is 5 July 2019, “twelve” is 12. Does not know what a
question asks for.
"""

import re
from decimal import Decimal
from functools import lru_cache

from qa.months import MONTHS, SHORT_MONTH
from qa.words import FUNCTION_WORDS, stem

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
_AMOUNT = re.compile(
    r"(?:(?P<sign>[$€£¥])\s{0,2})?(?<![\w.,-])(?P<figure>\d+(?:\.\d+)?)(?![.,]?\w)[\s-]{0,2}"
    r"(?P<unit>[^\W\d_]+|[$€£¥])?"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LARGE = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:[.,'’ \u00a0\u2009\u202f]\d{3})+(?![\d.,]*\d)|"
    r"\d{5,15}(?![\w.,]*\d)|\d{1,9}(?:\.\d{1,6})?[\s-]?(?:thousand|million|billion|trillion|mn|bn|k)\b)",
    re.IGNORECASE,
)
_CURRENCIES = {
    "$": "dollar", "usd": "dollar", "€": "euro", "eur": "euro", "£": "pound", "gbp": "pound",
    "¥": "yen",
}  # fmt: skip
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3]\d))?\b")
_SHORT_MONTH = re.compile(
    rf"(?:(?<=\d )|(?<=\d\. ))({SHORT_MONTH})\b\.?|\b({SHORT_MONTH})\b\.?(?= \d)",
    re.IGNORECASE,
)
_RANKED = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b", re.IGNORECASE)
# "Invoice no. R-12", "tel. 555".
_NUMBER_SIGN = re.compile(r"\b(?:no|nr|num)\.\s+(?=\S*\d)|№\s*|(?<!\S)#(?=\d)", re.IGNORECASE)
_TELEPHONE = re.compile(r"\b(?:tel\b\.?|telephone)", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent\b", re.IGNORECASE)
_UNITS = "one two three four five six seven eight nine".split()
_TEENS = ("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen").split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(_UNITS + _TEENS, start=1)}
_NUMBERS |= {word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)}
_POWERS = ("thousand", "million", "billion", "trillion")
_BLANK = r"[\s-]{1,3}"
_ONE = rf"(?:{'|'.join(_UNITS)})"
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:{_BLANK}{_ONE})?|{'|'.join(_TEENS)}|{_ONE})"
_BELOW_1000 = (
    rf"(?:(?:{_BELOW_100}|an?){_BLANK}hundred(?:{_BLANK}(?:and\s+)?{_BELOW_100})?|{_BELOW_100})"
)


def _worded() -> str:
    """Spell numbers out as a pattern: each power of a thousand once, the larger ones first."""
    half, rest = rf"and{_BLANK}a{_BLANK}half", rf"(?:{_BLANK}(?:and\s+)?{_BELOW_1000})?"
    found = [rf"{_BELOW_1000}(?:{_BLANK}{half})?"]
    for power in _POWERS:
        term = rf"(?:{_BELOW_1000}|an?){_BLANK}{power}"
        found += [
            rf"(?:{_BELOW_100}{_BLANK}{half}|half{_BLANK}an?){_BLANK}{power}",
            rf"{term}(?:{_BLANK}{half}|{rest})",
        ]
        rest = rf"(?:{_BLANK}(?:and\s+)?{term})?{rest}"
    return "|".join(reversed(found))


# What begins no number is left at its first word: else a passage takes milliseconds.
_NUMBER_WORD = re.compile(
    rf"(?<![\w-])(?<!teen\s)(?<!twenty\s)(?=(?:(?:half{_BLANK})?an?{_BLANK}(?:hundred|{'|'.join(_POWERS)})|{'|'.join(_NUMBERS)})\b)"
    rf"(?:{_worded()})\b(?!-|\s+(?:{'|'.join([*_NUMBERS, 'hundred', *_POWERS])})\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)  # a sentence is looked at from many sides
def one_way(text: str) -> str:
    """Write every figure, scaled amount, date and small number of a text in one form."""
    text = _NUMBER_WORD.sub(lambda match: _in_figures(match.group()), text)
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


def of_another_amount(question: str, text: str) -> bool:
    """Whether a text has an amount in the unit of one in the question, and not that one."""
    said, held = {unit for _, unit in _amounts(one_way(text))}, figures(text, in_words=True)
    asked = _amounts(plain_figures(_PERCENT.sub(" percent ", question))) if said else set()
    return any(unit in said and figure not in held for figure, unit in asked)


def as_written(question: str, text: str) -> str:
    """Write a question's large amounts as a text does: “2,600,000” as “2.6 million”."""
    asked = {match.group(): _worth(match.group()) for match in _LARGE.finditer(question)}
    if not any(asked.values()):
        return question
    said = [match.group() for shape in (_LARGE, _NUMBER_WORD) for match in shape.finditer(text)]
    forms = {worth: form for form in reversed(said) if (worth := _worth(form))}

    def written(match: re.Match[str]) -> str:
        own = match.group()
        return own if own in said else forms.get(asked[own], own)

    return _LARGE.sub(written, question)


def _worth(form: str) -> str:
    """Return the one number that an amount is, if it is large and no year; else nothing."""
    found = figures(form, in_words=True)
    only = found.pop() if len(found) == 1 else ""
    return only if len(only) > len("2024") else ""


def _amounts(text: str) -> set[tuple[str, str]]:
    """List the figures of a text in one form that have a unit, that by stem; years have none."""
    found = set()
    for match in _AMOUNT.finditer(text):
        unit = (match["sign"] or match["unit"] or "").lower()
        if unit and unit not in FUNCTION_WORDS and not _YEAR.fullmatch(match["figure"]):
            found.add((match["figure"], stem(_CURRENCIES.get(unit, unit))))
    return found


def _in_figures(words: str) -> str:
    """Write a number in words in figures; a single “one” is seldom a number."""
    total, group, last = Decimal(0), Decimal(0), 1
    for word in re.findall(r"\w+", words.lower()):
        if word in _NUMBERS:
            group += _NUMBERS[word]
        elif word == "half":
            group += Decimal(last) / 2
        elif word == "hundred":
            group = (group or Decimal(1)) * 100
        elif word in _POWERS:
            last = 1000 ** (_POWERS.index(word) + 1)
            total, group = total + (group or Decimal(1)) * last, Decimal(0)
    number = total + group
    return words if number == 1 else f"{number.normalize():f}"


def _worded_date(match: re.Match[str]) -> str:
    month = MONTHS[int(match["month"]) - 1].lower()
    day = f"{int(match['day'])} " if match["day"] else ""
    return f"{day}{month} {match['year']}"


def _long_month(short: str) -> str:
    return next(month.lower() for month in MONTHS if month.startswith(short[:3].title()))


def _in_full(match: re.Match[str]) -> str:
    amount = match["amount"] or match["money"].lstrip("$€£¥ ")
    scale = _SCALES[(match["scale"] or match["unit"]).lower()]
    value = Decimal(amount) * 10**scale
    return f" {value.normalize():f} "
