"""What WTForms says of a field, in our words."""

from koordinering.tekst import N_
from koordinering.web.sprak import gettext

_WTFORMS = {
    "Not a valid integer value.": N_("Skriv et helt tall."),
    "Not a valid choice.": N_("Velg noe fra listen."),
    "Not a valid choice": N_("Velg noe fra listen."),
    "Invalid Choice: could not coerce.": N_("Velg noe fra listen."),
    "Invalid Choice: could not coerce": N_("Velg noe fra listen."),
    "'%(value)s' is not a valid choice for this field.": N_("Velg noe fra listen."),
    "Not a valid date value.": N_("Skriv datoen som dd.mm.åååå."),
    "Not a valid decimal value.": N_("Skriv et tall."),
    "This field is required.": N_("Feltet må fylles ut."),
    "CSRF token missing.": N_("Siden var for gammel. Send inn en gang til."),
    "CSRF token is missing.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF token has expired.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF tokens do not match.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF session token is missing.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF token is invalid.": N_("Siden var for gammel. Send inn en gang til."),
}


class Feltmeldinger:
    """WTForms' own messages in our words; it has no nynorsk, so none of its translations are used."""

    def gettext(self, string: str) -> str:
        """One message."""
        return str(gettext(_WTFORMS.get(string, string)))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """One of something, or `n`."""
        return str(gettext(_WTFORMS.get(singular, singular if n == 1 else plural)))
