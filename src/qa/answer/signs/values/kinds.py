"""Tell whether words are of the kind that is asked for: a number and its unit, a date, a name."""

import re

from qa.answer.signs.question import (
    asks_for_date,
    asks_for_money,
    asks_for_month,
    asks_for_name,
    asks_for_number,
    asks_for_other_unit,
    asks_for_percentage,
    asks_for_version,
    asks_for_year,
    asks_how_much_money,
)
from qa.answer.signs.values.times import YEAR
from qa.months import MONTH_OR_SHORT
from qa.words import asked_stems, content_stems, stem, words

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_IN_SENTENCE = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|"
    r"half|once|twice|dozens?|hundreds?|thousands?|[mb]illions?)\b",
    re.IGNORECASE,
)
_MONTH_NAME = re.compile(rf"\b{MONTH_OR_SHORT}\b", re.IGNORECASE)
_MONTH = re.compile(rf"{_MONTH_NAME.pattern}|\d\d?[./-]\d\d?[./-]\d\d", re.IGNORECASE)
_DATE_IN_SENTENCE = re.compile(
    r"\b(?:1[0-9]|20)\d\ds?\b|\d:\d\d|\d/\d\d?/\d\d|\bcentur(?:y|ies)\b|"
    rf"{_MONTH.pattern}|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|"
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?) (?:after|before|later|ago|from)\b|"
    r"\bwithin\b.{1,30}\b(?:days?|weeks?|months?|years?|hours?|minutes?)\b|\d ?[ap]\.?m\b|"
    r"\b(?:noon|midnight|daily|weekly|monthly|annually|yearly|spring|summer|autumn|winter|easter|"
    r"christmas|every (?:day|week|month|year|morning|evening))\b",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"[$€£¥₹]\s?\d")
_MONEY_WORD = re.compile(
    r"[$€£¥₹]|\b(?:dollars?|euros?|pounds|soles|cents?|usd|eur|gbp|chf|sek|nok|dkk|[mb]illion|crowns?|"
    r"kron(?:er|or|a)|francs?|pesos?|rupees?|yen|yuan|renminbi|zloty|reais|forints?|r(?:o)?ubles?|"
    r"dinars?|dirhams?|riyals?|baht|ringgit|pence|shillings?|guilders?|liras?|shekels?|"
    r"franken|rappen|fr\.|kronen|d[oó]lares|libras|francos|centimes|c[eé]ntimos|dollari|"
    r"mill(?:ionen|ones|iards|ions))(?!\w)",
    re.I,
)
_FREE = re.compile(
    r"\b(?:gratuite?s?|gratis|kostenlos|kostenfrei|"
    r"(?<!gluten )(?<!sugar )(?<!smoke )(?<!duty )(?<!lactose )(?<!feel )(?<!-)free"
    r"(?=\W*$|[.,;]| (?:for|of charge|until|till|up to|under|with)\b)|"
    r"(?:no|without) (?:(?:extra|additional|admission|entry|entrance) )?(?:fees?|charges?|costs?)|"
    r"at no (?:extra )?(?:cost|charge))(?!\w)",
    re.IGNORECASE,
)
# "The fee is 25." says no currency, and still a price.
_OF_MONEY = re.compile(
    r"\d[.,]\d\d(?!\d)|\b(?:fees?|prices?d?|costs?|char(?:ge[sd]?)|fares?|rents?|tolls?|tariffs?|rates?|pa(?:y|ys|id|yments?)|"
    r"wages?|salar(?:y|ies)|deposits?|budgets?|grants?|funds?|subscriptions?|fines?d?|tax(?:es)?|"
    r"money|cash|sums?|amounts?|free|worth|values?|revenues?|profits?|income|debts?|loans?|"
    r"prix|tarifs?|co[uû]te?n?t?|preise?|kosten|kostet|gebühr(?:en)?|precios?|cuestan?|tarifas?)\b",
    re.IGNORECASE,
)
_COINED = re.compile(
    r"\d[\d.,]*(?:\s(?:hundred|thousand|million|billion))?\s(?:dollars?|euros?|usd|eur|gbp|crowns|"
    r"kron(?:er|or)|francs|pesos|rupees|yen|yuan|zloty|reais|forints|r(?:o)?ubles|dinars|dirhams)\b",
    re.IGNORECASE,
)
_SHARE_WORD = re.compile(
    r"%|\b(?:per ?cent|percentage points|halves|half|third|quarter|fifth|tenth|majority|all|none)"
    r"\b",
    re.IGNORECASE,
)
_HOW_OFTEN = re.compile(r"\bhow (?:often|frequently)\b", re.IGNORECASE)
_OFTEN = re.compile(
    r"\d[:.]\d\d|\b(?:every(?:day)?|each|per|once|twice|daily|weekly|monthly|yearly|annual(?:ly)?|quarterly|"
    r"hourly|nightly|bi\w+ly|fortnight\w*|decade|regular(?:ly)?|routine(?:ly)?|always|never|often|"
    r"rarely|seldom|sometimes|occasional(?:ly)?|(?:in)?frequent(?:ly)?|usually|common(?:ly)?|"
    r"constantly|continuous(?:ly)?|periodic(?:ally)?|intervals?|cycle|frequency|"
    r"(?:several|many|few|couple of|multiple) (?:times|years|months|weeks|days|hours)|time|"
    r"whenever|a (?:day|week|month|year|night|hour)|after|all|most|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
    re.IGNORECASE,
)
_UNIT_OF_TIME = r"(?:second|minute|hour|day|night|week|fortnight|month|quarter|year|decade)"
_SOME = r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half an?)"
_LASTS = re.compile(
    r"\W*(?:(?:for|takes?|about|around|up to|at (?:most|least)|some) )*"
    rf"{_SOME}[ -]{_UNIT_OF_TIME}s?\W*",
    re.IGNORECASE,
)
_LASTS_SAID = re.compile(rf"\b{_SOME}[ -]{_UNIT_OF_TIME}s?\b", re.IGNORECASE)
_EACH = re.compile(
    rf"\W*(?:once|twice|every|{_SOME}) (?:[\w-]+ ){{0,2}}?"
    rf"(?:an?|per|each|every|other) {_UNIT_OF_TIME}\W*",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}[:.]\d\d(?: ?[ap]\.?m\b\.?)?"
_AT_CLOCK = re.compile(
    rf"\W*(?:at |by )?(?:{_CLOCK}|\d{{1,2}} ?[ap]\.?m\b\.?)\W*",
    re.IGNORECASE,
)
_WHICH = re.compile(r"\W*which\b", re.IGNORECASE)
_SOME_OF = re.compile(rf"\W*{_SOME} of (?:our|the|its|their|these|those)(?: {_SOME})?\W*", re.I)
_CHOICE = re.compile(
    r"^\W*(?:which|who)\b[^,:]*\b(?:\w+er|more|less|better|worse|first|\w+est|most|least)\b"
    r"[^,:]*[,:] (?:the |an? )?(?P<one>[^,?:]{1,40}) or (?:the |an? )?(?P<other>[^,?:]{1,40}?)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_BOTH = re.compile(r"\b(?:both|neither|same|equal\w*|alike)\b", re.IGNORECASE)
_EVERY = re.compile(
    rf"\W{{0,3}}every (?:\w+ ){{0,2}}?{_UNIT_OF_TIME}s?\b(?!.*\bfor\b)", re.IGNORECASE
)
_EVERY_FEW = re.compile(rf"\bevery {_SOME} {_UNIT_OF_TIME}s\b", re.IGNORECASE)
_ONLY_TIME = re.compile(
    r"\W*(?:(?:within|for|until|till|by|since|in|on|at|from|after|before|about|around) )?(?:the )?"
    rf"(?:{YEAR.pattern}|{_CLOCK}|{_SOME}[ -]{_UNIT_OF_TIME}s?|"
    rf"(?:\d{{1,2}} )?{_MONTH_NAME.pattern}(?: \d{{1,2}})?(?:,? {YEAR.pattern})?)\W*",
    re.IGNORECASE,
)
# What is no time whatever it is.
_ABOUT = re.compile(
    r"^\W*what (?:is|are|was|were)\b.*\babout\W*$|"
    r"^\W*what(?:[’']s| is| are| was| were) (?:[\w’'-]+ ){1,4}?(?:task|job|role|dut(?:y|ies)|topic|"
    r"subject|theme|purpose|occupation|profession|nationality|colou?r|material|"
    r"responsibilit(?:y|ies))s?\b",
    re.IGNORECASE,
)
_IS_ABOUT = re.compile(r"\babout\W*$", re.IGNORECASE)
_HOW_MANY_UNITS = re.compile(rf"\bhow many (?P<unit>{_UNIT_OF_TIME})s\b", re.IGNORECASE)
_HOW_LONG = re.compile(
    r"\bhow (?:long|fast) (?:do|does|did|has|have|is|are|was|were|will|can|may)\b", re.I
)
_HOW_MUCH_OF = re.compile(r"\bhow much (?!time\b|notice\b|longer\b)[a-z]{3,} ", re.IGNORECASE)
_HOW_MANY_OF = re.compile(
    rf"\bhow many (?!times\b|(?:[\w’'-]+ ){{0,3}}{_UNIT_OF_TIME}s?\b)[a-z]{{3,}}", re.IGNORECASE
)
_SOME_TIME = re.compile(
    rf"\W*(?:(?:from|under|over|about|up to) )?(?:{_SOME} ?(?:to|-|–) ?)?"
    rf"{_SOME}[ -]{_UNIT_OF_TIME}s?"
    r"(?: (?:old|of age|(?:and|or) (?:over|older|above|under|younger)))?\W*",
    re.IGNORECASE,
)
_WHICH_THING = re.compile(
    r"\W*which (?!.*\b(?:amount|age|day|date|dose|fee|figure|floor|hour|length|limit|month|number|"
    r"percentage|price|rate|score|share|size|speed|sum|temperature|time|total|value|version|"
    r"volt\w*|week|weight|year)s?\b)[a-z]+ ",
    re.IGNORECASE,
)
_WHO_IS = re.compile(
    r"\W*who(?:[’']s| is| was) (?:the|your|our|their) (?:\w+ )?(?P<noun>\w+)\W*$",
    re.IGNORECASE,
)
_NAMED_BY_TIME = re.compile(
    r"\W*which (?:\w+ )?(?:train|bus|tram|ferry|boat|flight|sailing|service|session|show|screening|"
    r"connection|departure|slot|term|season|period|decade|century|era|deadline|edition|meeting|"
    r"holiday)s?\b",
    re.IGNORECASE,
)
_WHICH_ENVIRONMENT = re.compile(r"\b(?:what|which) env(?:ironment)? variables?\b", re.IGNORECASE)
_IN_CAPITALS = re.compile(r"\b[A-Z][A-Z\d]*_?[A-Z\d_]+\b")
_HOW_TO = re.compile(r"\b(?:how (?:do|can|could|should|to)|why)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\W*\d[\d.,]*(?: ?[^\W\d]{1,3}| ?%)?\W*")
_TIMED = re.compile(
    r"\d[:.]\d\d|\b\d{2,4}\b|\b(?:after|ago|already|always|any ?time|as long as|as soon as|at|"
    r"before|born|by|current\w*|dawn|during|dusk|early|ever|evenings?|every|following|hours?|if|immediately|in|late|later|"
    r"minutes?|mornings?|never|next|nights?|now|once|one|day|days|end|start|beginning|since|soon|"
    r"then|till|time|times|today|tomorrow|until|week|weeks|weekends?|month|months|years?|when\w*|"
    r"while|yesterday|yet)\b|\d+(?:st|nd|rd|th)\b|\d ?(?:h|Uhr)\b",
    re.IGNORECASE,
)
_AMOUNT_OF = re.compile(
    r"\bhow (?:many|much) (?P<noun>[a-z]{4,})\b(?<!time)(?<!times)", re.IGNORECASE
)
_NAMED_BY_NUMBER = re.compile(r"\b[^\W\d_]+\d+\b")  # Argon2
_SOME_AMOUNT = re.compile(
    r"\b(?:all|any|both|each|enough|every\w*|few|little|many|most|much|no(?:ne|body|thing)?|"
    r"only|pairs?|several|single|some|whole)\b",
    re.IGNORECASE,
)
_OF_NO_MONEY = re.compile(
    r"\W*\d[\d.,]*\s?(?:[kcm]m[²³]?|m[²³]|[kmµ]?g|t|[mc]?l|[kMGT]?Wh?|[kmM]?[VA]|[kMG]?Hz|[kMGT]i?B|°[CF]?|bar|dB|rpm|"
    r"(?:km|l|m)/(?:h|s|min)|(?:kilo|milli|centi)?(?:grams?|met(?:er|re)s?|lit(?:er|re)s?)|tonnes?|"
    r"inch(?:es)?|feet|miles|degrees|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\W*"
)
_HOW_OLD_WHEN = re.compile(r"\bhow old\b.*\b(?:when|at)\b|\bat what age\b", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged?|years?|birthday|\w+(?:teen|ty)(?:-\w+)?)\b", re.IGNORECASE)
_FIGURE_FIRST = re.compile(r"\W*\d[\d.,]*(?!\w|-)")


def has_asked_type(question: str, answer: str) -> bool:
    """Whether an answer is of the kind asked for: a number and its unit, a date, a name.

    Args:
        question: As asked.
        answer: The answer's words, or a whole sentence.
    """
    if measures_otherwise(question, answer):
        return False
    if _HOW_OFTEN.search(question):
        return True
    if asks_for_number(question):
        if asks_for_percentage(question):
            return _SHARE_WORD.search(answer) is not None
        if asks_for_money(question) and not _MONEY_WORD.search(answer):
            return _FREE.search(answer) is not None
        coined = _CURRENCY.search(answer) or _COINED.search(answer)
        if asks_for_other_unit(question) and coined:
            return False
        return has_number(answer)
    if asks_for_month(question):
        return _MONTH.search(answer) is not None
    if asks_for_year(question):
        return YEAR.search(answer) is not None
    if asks_for_date(question):
        return _DATE_IN_SENTENCE.search(answer) is not None
    return not (asks_for_name(question) and _FIGURE_FIRST.match(answer))


def measures_otherwise(question: str, answer: str) -> bool:
    """Whether an answer is a measure, but of another kind: “25 minutes” to “how often”."""
    if _HOW_OFTEN.search(question):
        return _OFTEN.search(answer) is None or _LASTS.fullmatch(answer) is not None
    if (counted := _HOW_MANY_UNITS.search(question)) is not None:
        unit = stem(counted["unit"].lower())
        return _LASTS_SAID.search(answer) is not None and not re.search(rf"\b{unit}", answer, re.I)
    if _HOW_LONG.search(question):
        kinds = (_EACH.fullmatch, _EVERY.match, _AT_CLOCK.fullmatch)
        return any(kind(answer) is not None for kind in kinds)
    if _names_no_choice(question, answer) or _only_counts(question, answer):
        return True
    if asks_how_much_money(question) and _OF_NO_MONEY.fullmatch(answer):
        return True
    if _ABOUT.search(question) and _says_only_when(question, answer):
        return True
    timed = _NAMED_BY_TIME.match(question) or _LASTS.fullmatch(answer)
    if _WHICH_THING.match(question) and not timed and _ONLY_TIME.fullmatch(answer):
        return True
    if _HOW_MANY_OF.search(question) and _SOME_TIME.fullmatch(answer):
        return True
    if _HOW_MUCH_OF.search(question):
        rest, lasts = _LASTS_SAID.subn("", answer)
        return lasts > 0 and not has_number(rest)
    if asks_for_version(question):
        return not has_number(answer)
    if (who := _WHO_IS.match(question)) is not None:  # not “the deputy chair”
        return answer.islower() and words(answer)[-1:] == [who["noun"].lower()]
    if _WHICH_ENVIRONMENT.search(question):
        return _IN_CAPITALS.search(answer) is None
    wants_no_amount = _WHICH_THING.match(question) or _HOW_TO.search(question)
    return wants_no_amount is not None and _AMOUNT.fullmatch(answer) is not None


def _names_no_choice(question: str, answer: str) -> bool:
    """Whether it is asked which, “the red or the blue one?”, and an answer names neither."""
    asked = _CHOICE.search(question)
    if asked is None or _BOTH.search(answer):
        return False
    named = content_stems(f"{asked['one']} {asked['other']}")
    return bool(named) and named.isdisjoint(stem(word) for word in words(answer))


def _only_counts(question: str, answer: str) -> bool:
    """Whether it is asked which, and an answer has nothing but how many: “one of our nine”."""
    return _WHICH.match(question) is not None and _SOME_OF.fullmatch(answer) is not None


def _says_only_when(question: str, answer: str) -> bool:
    """Whether an answer is a time; or, to what a thing is about, nothing but that and its name."""
    if _ONLY_TIME.fullmatch(answer):
        return True
    new = content_stems(_FIGURE.sub(" ", answer)) - asked_stems(question)
    return not new and _IS_ABOUT.search(question) is not None


def speaks_of_no_money(question: str, text: str) -> bool:
    """Whether a sum of money is asked for, and a text has figures, but of other things."""
    return (
        asks_how_much_money(question)
        and _FIGURE.search(text) is not None
        and not any(says.search(text) for says in (_MONEY_WORD, _OF_MONEY, _SHARE_WORD, _FREE))
    )


def says_not_how_often(question: str, text: str) -> bool:
    """Whether it is asked how often, and a text has no word that could say so."""
    return _HOW_OFTEN.search(question) is not None and _OFTEN.search(text) is None


def says_no_time(question: str, text: str) -> bool:
    """Whether it is asked when, and a text has neither a time nor a word that could lead to one."""
    return asks_for_date(question) and not (_DATE_IN_SENTENCE.search(text) or _TIMED.search(text))


def says_no_amount(question: str, text: str) -> bool:
    """Whether it is asked how much there is of a thing, and a text says neither."""
    asked = _AMOUNT_OF.search(question)
    if asked is None or has_number(_NAMED_BY_NUMBER.sub("", text)) or _SOME_AMOUNT.search(text):
        return False
    return stem(asked["noun"].lower()) not in {stem(word) for word in words(text)}


def says_only_how_often(question: str, text: str) -> bool:
    """Whether it is asked how long or fast, and all figures of a text say how often."""
    rest, often = _EVERY_FEW.subn("", text) if _HOW_LONG.search(question) else (text, 0)
    return often > 0 and not has_number(rest)


def says_no_age(question: str, text: str) -> bool:
    """Whether an age at some time is asked for, and a text has no figures but years."""
    if not _HOW_OLD_WHEN.search(question):
        return False
    return not _FIGURE.search(YEAR.sub("", text)) and not _AGED.search(text)


def has_number(text: str) -> bool:
    """Whether a text has a number, in figures or in words."""
    return _NUMBER_IN_SENTENCE.search(text) is not None


def of_another_month(question: str, text: str) -> bool:
    """Whether a text names months, and none that the question names."""
    asked, said = months(question), months(text)
    return bool(asked and said) and not asked & said


def months(text: str) -> set[str]:
    """Return the months that a text names, by three letters; “may” and “May I” are none."""
    found = {match.group() for match in _MONTH_NAME.finditer(text) if match.start()}
    return {name[:3].lower() for name in found if name != "may"}
