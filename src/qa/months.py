"""English months, as the house spells them in patterns."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
MONTH = f"(?:{'|'.join(MONTHS)})"
"""A pattern, written out."""
MONTH_OR_SHORT = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
"""The same or cut short, without a full stop; for patterns that ignore case."""
