"""What a question asks for: a number, a date, a whole sentence; which names it has.

Knows English question words and word shapes. Does not know passages or the index.
"""

import re

from qa.languages import language_of
from qa.words import FUNCTION_WORDS

# Not behind a full stop: there every word is capitalised.
_LATER_WORD = re.compile(r"(?<=[^\s.!?:] )[\"“‘'(]?(\w[\w-]*\w)")
_NO_NAMES = frozenset(
    """january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept
    oct nov dec mon tue wed thu fri sat sun hello hi hey dear thanks thank regards please sorry
    sir madam""".split()
)
_COUNTED = re.compile(
    r"\b(?:how (?:many|much|big|large|long|far|old|tall|high|heavy|often)|percent(?:age)?|"
    r"number of|amount|what share|cost|price|total|in (?:\w+ ){1,2}per \w+(?=\W*$))\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:money|cash|dollars?|euros?|usd|worth|value|cost|costs|price|budget|funds?|funding|"
    r"sp(?:end|ent|ends)|pa(?:y|ys|id)|fined?|donat\w+|financ\w+)\b|\$",
    re.IGNORECASE,
)
# "How much did it receive?", not "how much rain did it receive?".
_PAID = re.compile(
    r"\bhow much (?:do|does|did|has|have|had|will|would|can|could|must|should|is|are|was|were)\b.*"
    r"\b(?:receiv|earn|spen[dt]|pa(?:y|id)|rais|charg|ow(?:e|es|ed)\b|donat|grant|invest|award|cost|lend|"
    r"lent|borrow|fin(?:e|ed)\b|contribut|rais|sold|sell|bought|buy)",
    re.IGNORECASE | re.DOTALL,
)
# The same in French, German, Spanish, Italian, Portuguese and Dutch.
_PRICED = re.compile(
    r"\bcombien (?:\S+ ){0,2}?(?:co[uû]te(?:nt|ra|raient)?|vaut|valent|pa(?:ie|ye)(?:r|nt|ra)?)\b|"
    r"\bquel(?:le)?s? (?:est|sont) (?:le|la|les) (?:prix|tarifs?|co[uû]ts?|loyer|montant)\b|"
    r"\bà quel prix\b|"
    r"\b(?:was|wie ?viel|hoeveel|wat) kost(?:et|en)?\b|\bwie teuer\b|"
    r"\bwie hoch (?:ist|sind|war|waren) (?:der|die|das) "
    r"\w*(?:preis|gebühr|kosten|miete|beitrag|pfand)\w*|"
    r"\bcu[aá]nto (?:\S+ )?(?:cuestan?|valen?|pagar?|costó)\b|\bqué precio\b|"
    r"\bcu[aá]l(?:es)? (?:es|son) (?:el|la|los|las) (?:precios?|tarifas?|costes?|costos?)\b|"
    r"\bquanto c(?:ostano|osta|ustam?)\b",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(
    r"\bhow (?:many|big|large|long|far|old|tall|high|heavy|often)\b|\bpercent(?:age)?\b|"
    r"\bshare\b|\b(?:kilos?|kilograms?|kg|tons?|tonnes?|hectares?|acres?|people|land)\b",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(
    r"\bhow much (?:do|does|did|is|are|was|were|will|would|must)\b.*\b(?:cost|pay|worth|spend)\b|"
    r"\bwhat (?:do|does|did|will|would) .*\bcosts?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_VERSION = re.compile(
    r"\b(?:what|which) (?:(?!(?:is|are|was|were|does|did|in|of|for|the)\b)[\w.-]+ ){0,2}?"
    r"versions?\b(?! of (?:the|this|that|a|an)\b)",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(r"\bpercent(?:age)?\b|\bwhat share\b", re.IGNORECASE)
_NAMED = re.compile(r"^\W*(?:who|whom|whose|where)\b", re.IGNORECASE)
# Not "what happened when …", nor "to date".
_DATED = re.compile(
    r"^(?:(?!\b(?:what|which|who|whom|whose|where|why|how)\b).)*\bwhen\b|"
    r"\b(?:what|which) (?:year|month|date|day)\b|(?<!\bto )\bdate\b",
    re.IGNORECASE | re.DOTALL,
)
_MONTH = re.compile(r"\b(?:what|which) months?\b", re.IGNORECASE)
_OF_YEAR = re.compile(
    r"\b(?:what|which) years?\b|"
    r"\bwhat(?:[’']s| is| was) the (?:\w+ )?year(?=\W*$| (?:of|for|in|when|that|which)\b)",
    re.IGNORECASE,
)
# A reason, a way, an explanation, a yes or no, or several things: no short span is enough.
_EXPLAINED = re.compile(
    r"^\W*(?:(?:for|in|on|at|with|under|after|before|during|if|when) [^,?]{1,60}, )?"
    r"(?:why|how come|list|name (?:all|the|some)|describe|explain|tell me|"
    r"is|are|was|were|did|do|does|has|have|had|can|could|will|would|should|must|shall|"
    r"may(?=\s+(?:i|we|you|one|he|she|it|they|the|an?|my|our|your|this|that|any|[a-z]+s)\b))\b|"
    r"\b(?:what|for what) (?:is|was|were|are) the (?:reasons?|purpose|cause)\b|"
    r"\bwhy\b|\bhow (?:did|do|does|is|are|was|were|can|has|have|will|would)\b|"
    r"\bwhat (?:kinds?|types?|sorts?|steps|measures) (?:of )?\b|"
    r"\b(?:what|which)\b.*\ball\b|\bwhat (?:do|does|did)\b.*\b(?:say|do|mean)\b|"
    r"\bwhat (?:happen(?:s|ed)?|becomes?|became)\b|^\W*(?:(?:and|but|so) )?what if\b|"
    r"\bwhat (?:will|would|does|did|can|could) happen\b|"
    r"\bwhat (?:is|are|was|were)\b.*\bfor\W*$|"
    r"\bwhat (?:can|could|must|should|shall|may|will)\b.*\bdo(?:ne)?\b",
    re.IGNORECASE,
)
# “I began in May. Can I work from home?”, but not “on which day, if any, is it shut”.
_BEHIND_PREAMBLE = re.compile(
    r"(?<=[a-z\d]{2})[.!;,] (?:(?:(?:and|but|so|then) )?"
    r"(?:is|are|was|were|am|did|do|does|has|have|can|could|will|would|should|must|may) "
    r"(?:i|we|you(?! (?:please )?(?:list|tell|give|name|show|say)\b)|he|she|it|they|the|an?|my|our|"
    r"your|this|that|these|those|there|any)\b|what (?:now|next|then)\W*$)",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
# Steps, parts, members: all of them are wanted, not one.
_ALL = re.compile(
    r"^\W*(?:list|name (?:all|the|some)|how (?:do|can|should|to|must)\b)|"
    r"\b(?:what|which)\b.*\b(?:needs?|needed|required?|requires|requirements|steps|necessary|"
    r"include[ds]?|contains?|holds?|comprises?|consists?|made of|made up|bring|offered|available|"
    r"allowed)\b|"
    r"\bwhat are\b|\ball (?:the|of)\b|\bwhat (?:must|should|shall|do|does)\b.*\bdo\b|"
    r"\b(?:which|what) (?:\w+ ){0,2}\w+s (?:are|were|do|did|can|have|must)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^\W*(?:why|how come)\b|"
    r"\bwhy (?:is|are|was|were|do|does|did|has|have|had|can|could|should|will)\b",
    re.IGNORECASE,
)
_WORD = r"(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|this|its|his)\b)[a-z][\w-]*"
_SEVERAL = re.compile(
    rf"\b(?:which|what)\s+(?:{_WORD}\s+){{0,2}}?{_WORD}(?<![su])s\b(?!\s+(?:is|was|has|does)\b)|"
    r"^\W*who (?:are|were)\b|^\W*name (?:all|the|some)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next|\d+(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
# “on their first day” says when, not which of several is wanted.
_AT_TIME = re.compile(
    rf"\b(?:on|in|at|by|before|after|during|until|since|for)\s+(?:\w+\s+)?{_ORDINAL.pattern}\s+"
    r"(?:days?|weeks?|months?|years?|times?|visits?|lessons?|mornings?|evenings?|nights?|terms?|"
    r"seasons?|semesters?|hours?|minutes?|half|quarter|century)\b",
    re.IGNORECASE,
)
_RANKS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ITEM = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_RANKS)})|(?P<number>\d{{1,2}})(?:st|nd|rd|th)|(?P<last>last|final))"
    r"\s+(?:\w+\s+)?(?:step|condition|item|point|stage|requirement|rule|reason|part|phase|task|"
    r"instruction|thing|entry|element|duty|exception|criterion|measure|goal|aim|objective|question)\b|"
    r"\b(?P<numbered>step|condition|item|point|rule)\s+(?:no\.?\s+|number\s+)?(?P<figure>\d{1,2})\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:(?:hello|hi|hey|good (?:morning|afternoon|evening|day))(?: \w+){0,2}\W+)?"
    r"(?:dear(?: \w+){0,3}|(?:many |a lot of )?thanks?(?: you)?(?: \w+){0,6}|sorry(?: \w+){0,6}|"
    r"(?:kind |best )?regards|cheers|please|excuse me|"
    r"i hope (?:you|this|that|all)\b.*|(?:could|can|would|will) you (?:please |kindly )?"
    r"(?:tell|help|let|answer|explain)(?: me| us)?(?: (?:please|know|out|with (?:this|that)))*|"
    r"i (?:would|'d|’d) (?:be (?:very |most )?(?:grateful|thankful)|appreciate)\b.*|any help\b.*|"
    r"(?:please )?let me know)?\W*$",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|we|us|our|you)\b", re.IGNORECASE)
_ASKED_TO_SAY = re.compile(
    r"\b(?:tell (?:me|us)|find out|(?:like|want|need|wish) to know|know|wonder(?:ing)?|asked|ask|"
    r"curious|let (?:me|us) know|say|remember|understand|explain|idea)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_PLEASANTRY = re.compile(
    r"^\W*(?:(?:hello|hi|hey|dear \w+|good (?:morning|afternoon|evening|day))\W+)?"
    r"(?:(?:please|kindly|could|can|would|will)\s+(?:you\s+)?(?:please\s+|kindly\s+)?"
    r"(?:tell|show|give|let)\s+(?:me|us)(?:\s+know)?\s+|"
    r"(?:i|we)(?:\s+would|'d|’d)?\s+(?:(?:like|want|need)\s+to\s+know|(?:was|am|were)\s+wondering)\s+|"
    r"do\s+you\s+(?:happen\s+to\s+)?know\s+|any\s+idea\s+)(?:if\s+|whether\s+)?(?=(?:how|what|which|who|when|where|why)\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\b(?:quot|earlier|previous|original|older|first (?:mail|message))", re.I)
_MAIL = r"\b(?:e-?mail|mail|message|reply)\b"
_MAIL_FIELDS = {
    "Date": re.compile(
        rf"\b(?:when|what (?:date|day|time))\b.*{_MAIL}.*\b(?:sent|written|dated|received|from)\b|"
        rf"\bdate of (?:the|this|that) (?:\w+ )?{_MAIL}", re.IGNORECASE),
    "From": re.compile(
        rf"^\W*who (?:wrote|sent|signed|is the (?:sender|author) of)\b.*{_MAIL}|"
        rf"^\W*(?:from whom|who)\b.*{_MAIL}.*\bfrom\b|\b(?:sender|author) of\b.*{_MAIL}",
        re.IGNORECASE),
    "To": re.compile(
        rf"^\W*(?:to whom|who)\b.*{_MAIL}.*\b(?:sent|addressed|written|go) to\b|"
        rf"^\W*to whom\b.*{_MAIL}|^\W*who (?:received|got)\b.*{_MAIL}|\brecipients? of\b.*{_MAIL}",
        re.IGNORECASE),
}  # fmt: skip
# "…, was it 2.5 million?"
_GUESS = re.compile(
    r"(?:,\s*say|,?\s*\b(?:e\.g\.|for (?:example|instance))),?\s+(?:about |around )?[$€£]?\d[\d.,]*"
    r"(?: [a-z]+)?,?|"
    r",\s*(?:or\s+)?(?:is|are|was|were|do|does|did|has|have|had|will|would)\s+"
    r"(?:it|that|this|there|he|she|they|we|you)\b(?:[^,?]|,(?=\d)){0,60}\?*\s*$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:together|altogether|in total|in all|combined|sum of|(?:on|the) average|average of|"
    r"overall)\b|\btotals?\b.*\b(?:all|every|each)\b",
    re.IGNORECASE,
)


ASKS_DIFFERENCE = re.compile(
    r"\bhow (?:much|many) (?:more|higher|larger|bigger|greater|longer|taller|heavier|less|fewer|"
    r"lower|smaller|shorter|lighter|cheaper|dearer)\b.*\bthan\b|\bby how (?:much|many)\b|"
    r"\b(?:difference|increase|decrease|growth|change|rise|drop) "
    r"(?:in [\w -]+ |of [\w -]+ )?between\b|"
    r"\bhow much (?:did|has|have|does|do|will)\b.*\b(?:rise|risen|grow|grown|fall|fallen|"
    r"drop(?:ped)?|increased?|decreased?|declined?|go(?:ne)? (?:up|down)|shr[iu]nk)"
    r"(?:\W*$| (?:in|from|since|between|by|over|during|last|this)\b)",
    re.IGNORECASE | re.DOTALL,
)
"""Asks how far two figures are apart."""
_DIFFERS_IN = re.compile(
    r"\bhow (?:much|many)\b|\b(?:price|cost|size|weight|length|height|age|pay|salary|rent|budget|"
    r"number|amount) difference\b|\bdifference in\b|"
    r"\bdifference\b.*\b(?:prices?|costs?|sizes?|budgets?|rents?|fees?|salar(?:y|ies)|\d{4})\b",
    re.IGNORECASE,
)
_DIFFERS = re.compile(
    r"\b(?:more|less|fewer|higher|lower\w*|larger|smaller|differ\w*|increas\w*|decreas\w*|r[io]s[ei]\w*|"
    r"rais\w*|f[ae]ll\w*|drop\w*|cut|reduc\w*|grew|grow\w*|chang\w*|extra|additional\w*|gap|"
    r"exceed\w*|longer|shorter|older|younger|cheaper|dearer|faster|slower|times|doubl\w*|twice|half|"
    r"halv\w*|by|up|down|ahead|behind|margin|saves?|saving|percent\w*)\b|%",
    re.IGNORECASE,
)


def lacks_difference(question: str, text: str) -> bool:
    """Whether it is asked how far two figures are apart, and a text only has the figures."""
    asks = ASKS_DIFFERENCE.search(question) or re.search(r"\bdifference\b", question, re.I)
    wants_figure = asks is not None and _DIFFERS_IN.search(question) is not None
    return wants_figure and _DIFFERS.search(text) is None


def asks_for_number(question: str) -> bool:
    """Whether the answer must hold a number."""
    return _COUNTED.search(question) is not None or _PRICED.search(question) is not None


def asks_for_date(question: str) -> bool:
    """Whether the answer must hold a date, or part of one."""
    return _DATED.search(question) is not None or asks_for_year(question)


def asks_for_month(question: str) -> bool:
    """Whether a date without a month is no answer."""
    return _MONTH.search(question) is not None


def asks_for_year(question: str) -> bool:
    """Whether a date without a year is no answer."""
    return _OF_YEAR.search(question) is not None


def asks_for_money(question: str) -> bool:
    """Whether the number asked for is an amount of money."""
    money = any(asks.search(question) for asks in (_MONEY, _PAID, _PRICED))
    return money and _OTHER_UNIT.search(question) is None


def asks_how_much_money(question: str) -> bool:
    """Whether a sum of money is asked for outright: how much somebody pays, what a thing costs."""
    outright = any(asks.search(question) for asks in (_HOW_MUCH, _PAID, _PRICED))
    return outright and asks_for_money(question)


def asks_for_other_unit(question: str) -> bool:
    """Whether the number asked for cannot be an amount of money."""
    return _OTHER_UNIT.search(question) is not None and _MONEY.search(question) is None


def asks_for_version(question: str) -> bool:
    """Whether a version is asked for, which has a number."""
    return _VERSION.search(question) is not None


def asks_for_percentage(question: str) -> bool:
    """Whether the number asked for is a share."""
    return _PERCENTAGE.search(question) is not None


def asks_for_name(question: str) -> bool:
    """Whether the answer is a person or a place."""
    return _NAMED.search(question) is not None


def asks_for_sentence(question: str) -> bool:
    """Whether a whole sentence answers better than a clipped span."""
    if _EXPLAINED.search(question):
        return True
    behind = _BEHIND_PREAMBLE.search(question)
    return behind is not None and not _QUESTION_WORD.search(question, 0, behind.start())


def asks_for_all(question: str) -> bool:
    """Whether all steps, parts or members are wanted, not one of them."""
    ranked = _ORDINAL.search(_AT_TIME.sub(" ", question)) is not None
    return _ALL.search(question) is not None and not ranked


def asks_for_reason(question: str) -> bool:
    """Whether the answer is why something is so."""
    return _REASON.search(question) is not None


def asks_for_one(question: str) -> bool:
    """Whether one of several is meant, by its rank, or what is asked is a figure or a date."""
    ranked = _ORDINAL.search(_AT_TIME.sub(" ", question)) is not None
    return ranked or asks_for_number(question) or asks_for_date(question)


def asks_for_several(question: str) -> bool:
    """Whether several things are named in the plural: “which countries …?”."""
    return _SEVERAL.search(question) is not None


def asks_for_quoted(question: str) -> bool:
    """Whether an older message that a mail quotes is meant."""
    return _QUOTED.search(question) is not None


def asked_mail_field(question: str) -> str | None:
    """Return which line above a mail says what is asked: From, To or Date; else None."""
    return next((label for label, asks in _MAIL_FIELDS.items() if asks.search(question)), None)


def asks_for_total(question: str) -> bool:
    """Whether the answer is a sum or an average, which one row of a table is not."""
    return _TOTAL.search(question) is not None


def question_names(question: str) -> list[str]:
    """Find what is capitalised in a question as names are, the first word aside.

    In a question all in capitals, Or Like This, names cannot be told from other words.
    """
    if language_of(question):  # in German all nouns have capitals
        return []
    found = [word for word in _LATER_WORD.findall(" ".join(question.split())) if word[0].isupper()]
    function_words = [word for word in found if word.lower() in FUNCTION_WORDS]
    if question.isupper() or len(function_words) > 1:  # one may be of a name: The Hague
        return []
    no_names = {word for word in found if word.lower() in _NO_NAMES}
    return [word for word in dict.fromkeys(found) if word not in {*function_words, *no_names}]


def without_guess(question: str) -> str:
    """Leave out what an asker supposes: "How many came, was it 40?" gives no number."""
    return _GUESS.sub("", question)


def asked_item(question: str) -> int | None:
    """Number the item of a list that is asked for: 2 for "the third step", -1 for the last."""
    match = _ITEM.search(question)
    if match is None:
        return None
    if match["last"]:
        return -1
    if match["word"]:
        return _RANKS.index(match["word"].lower())
    return max(0, int(match["number"] or match["figure"]) - 1)


def without_courtesies(question: str) -> str:
    """Return what is asked, without greetings, thanks and what leads up to it.

    "Hello! I am writing a paper and want to find out how many people work there. Thank you." asks
    "how many people work there."; what asks nothing so stays whole.
    """
    sentences = [s for s in _SENTENCE_END.split(question) if not _GREETING.match(s)]
    kept = " ".join(sentences) or question
    if len(sentences) == 1:
        kept = _PLEASANTRY.sub("", kept)
        led_up = _ASKED_TO_SAY.search(kept)
        asks = led_up and _ASKS.search(kept, led_up.end())
        first = _ASKS.match(kept.lstrip("¿\"' "))
        before = kept[: asks.start()] if asks else ""
        if asks and not first and _FIRST_PERSON.search(before) and not _ASKS.search(before):
            kept = kept[asks.start() :]
    return kept
