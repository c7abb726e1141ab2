"""Write a number as a spreadsheet shows it, by the code of its format.

Knows the format codes of Excel, which charts use as well: digits, scale, percentages,
currencies, dates. Does not know cells, colours or the widths of columns, and writes in
English.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from qa.formats.parsed import clean

# Literals, padding and colours of a number format, currency signs apart.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].', re.DOTALL)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DIGITS = re.compile(r"([#0?][#0?,]*)(?:\.([#0?]*))?(,*)(?:E([+-])0+)?")
_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    17: "mmm-yy", 18: "h:mm", 19: "h:mm", 20: "h:mm", 21: "h:mm:ss", 22: "y-m-d h:mm",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
}  # fmt: skip


def builtin_code(format_id: int) -> str:
    """Return the format code of an id that files need not spell out; empty for General."""
    return _BUILT_IN.get(format_id, "y-m-d" if format_id in _DATES else "")


def format_number(value: str, code: str, *, since_1904: bool = False) -> str:
    """Write a number as its format shows it; what is no number comes back as it is.

    Dates are written by ISO 8601, as far as they are shown, whatever the order; months in
    words as words, always with the full year, since "Mar-18" may as well be a day.

    Args:
        value: As the file has it: digits with a point, dates as days since the epoch.
        code: The format, such as `#,##0.0` or `mmm yy`; empty for General.
        since_1904: Whether days are counted from 1904, as Excel for Mac did, and not 1900.
    """
    if not code and value.isdecimal() and len(value) < 16:
        return value
    try:
        amount = float(value)
    except ValueError:
        return clean(value).strip()
    if not abs(amount) < 1e300:
        return clean(value).strip()
    sections = _sections(code)
    if len(sections) > 2 and amount == 0:
        form = sections[2]
    elif len(sections) > 1 and amount < 0:
        form, amount = sections[1], -amount
    else:
        form = sections[0]
    if form.kind == "date":
        return _moment(amount, form, since_1904) or _general(amount)
    figure = _general(abs(amount)) if form.kind == "general" else form.figure(abs(amount))
    return f"{'-' if amount < 0 else ''}{form.before}{figure}{form.after}".strip()


def _general(amount: float) -> str:
    """Write a number of no format: whole ones in full, others as wide as Excel has room for."""
    return str(int(amount)) if amount == int(amount) and abs(amount) < 1e15 else f"{amount:.10g}"


class _Form(NamedTuple):
    """One section of a number format.

    Attributes:
        kind: `number`, `date`, `general`, or `literal` for text in place of the number.
        before: Text in front of the figure.
        after: Text behind it.
        scale: What the number is multiplied by.
        zeros: Least digits before the point.
        decimals: Most digits behind it.
        fixed: Least digits behind it.
        groups: Whether thousands are set apart.
        exponent: Whether in scientific notation.
        fields: Of a date: the letters of what is shown.
        months: Of a month in words, with or without its year: what to give `strftime`.
    """

    kind: str
    before: str = ""
    after: str = ""
    scale: float = 1
    zeros: int = 0
    decimals: int = 0
    fixed: int = 0
    groups: bool = False
    exponent: bool = False
    fields: frozenset[str] = frozenset()
    months: str = ""

    def figure(self, amount: float) -> str:
        """Write a number that is not negative."""
        if self.kind == "literal":
            return ""
        amount *= self.scale
        if self.exponent:
            return f"{amount:.{self.decimals}E}"
        whole, _, decimals = f"{amount:{',' if self.groups else ''}.{self.decimals}f}".partition(
            "."
        )
        decimals = decimals[: self.fixed] + decimals[self.fixed :].rstrip("0")
        whole = "" if whole == "0" and not self.zeros and not decimals else whole.zfill(self.zeros)
        return f"{whole}.{decimals}" if decimals else whole


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Form, ...]:
    """Read a number format: for positive numbers, negative ones and zero."""
    marked = _LITERAL.sub(_mark, _ELAPSED.sub(r"\1", code[:255]))
    if re.search(r"\[[<>=]", code):  # sections by conditions of their own: the first will do
        marked = marked.partition(";")[0]
    return tuple(_form(section) for section in marked.split(";")[:3])


def _form(section: str) -> _Form:
    words = re.sub("general|am/pm|a/p", "", section.lower())
    fields = frozenset(words) & frozenset("ymdhs")
    match = _DIGITS.search(section)
    if fields and not (match and match[4]):
        return _Form("date", fields=fields, months=_months(words, fields))
    if "general" in section.lower():
        before, after, *_ = re.split("general", section, flags=re.IGNORECASE)
        return _Form("general", _unmark(before), _unmark(after))
    if match is None and section.strip() and "@" not in section:
        return _Form("literal", _unmark(section))
    # As text, as a fraction, or with signs between its digits, as telephone numbers have.
    if match is None or "@" in section or re.search("[#0?]", section[match.end() :]):
        return _Form("general")
    whole = match[1].rstrip(",")
    thousands = len(match[1]) - len(whole) + len(match[3])
    digits = match[2] or ""
    return _Form(
        kind="number",
        before=_unmark(section[: match.start()]),
        after=_unmark(section[match.end() :]),
        scale=100.0 ** section.count("%") / 1000.0**thousands,
        zeros=whole.count("0"),
        decimals=len(digits),
        fixed=digits.count("0"),
        groups="," in whole,
        exponent=bool(match[4]),
    )


def _months(words: str, fields: frozenset[str]) -> str:
    """Read the format of a month in words: "mmm-yy" as "%b %Y"; empty for other formats."""
    parts = re.findall("y+|m+", words)
    if fields - {"y", "m"} or not any(part.startswith("mmm") for part in parts):
        return ""
    signs = ("%Y" if part[0] == "y" else "%B" if len(part) == 4 else "%b" for part in parts)
    return " ".join(dict.fromkeys(signs))


def _mark(literal: re.Match[str]) -> str:
    """Move a format's literal text out of the way of its signs; drop padding and colours."""
    text = literal[1] or literal[2] or literal[3] or ""
    return "".join(chr(ord(sign) + 0xE000) if ord(sign) < 0x80 else sign for sign in text)


def _unmark(text: str) -> str:
    signs = (chr(ord(sign) - 0xE000) if 0xE000 <= ord(sign) < 0xE080 else sign for sign in text)
    return clean("".join(signs))


def _moment(amount: float, form: _Form, since_1904: bool) -> str:
    """Write a date and time by ISO 8601, as much of it as is shown; empty if there is none."""
    if not form.fields & {"y", "d"} and form.fields != {"m"}:
        minutes, seconds = divmod(round(amount * 86400), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if "s" in form.fields else "")
    if not 0 <= amount < 2_958_466:  # up to the year 9999
        return ""
    # Excel counts a 29 February 1900 that there never was.
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 + (amount < 60))
    moment = epoch + timedelta(seconds=round(amount * 86400))
    if form.months:
        return moment.strftime(form.months)
    day = moment.date().isoformat()
    if "d" not in form.fields:
        day = day[:7] if "m" in form.fields and "h" not in form.fields else day[:4]
    return f"{day} {moment.time().isoformat('minutes')}" if "h" in form.fields else day
