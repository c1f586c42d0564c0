"""What is said of any field: WTForms' messages in our words, and the same among those of other fields."""

from koordinering.fritekst.funn import ORDET, Funn
from koordinering.tallskrift import BELOEP, HELTALL, PUNKTUM
from koordinering.tekst import N_
from koordinering.web.sprak import gettext

_WTFORMS = {
    "Not a valid choice.": N_("Velg noe fra listen."),
    "Not a valid choice": N_("Velg noe fra listen."),
    "Invalid Choice: could not coerce.": N_("Velg noe fra listen."),
    "Invalid Choice: could not coerce": N_("Velg noe fra listen."),
    "'%(value)s' is not a valid choice for this field.": N_("Velg noe fra listen."),
    "Not a valid date value.": N_("Skriv datoen som dd.mm.åååå. Se over at dagen finnes."),
    "Not a valid decimal value.": N_("Skriv et tall."),
    "This field is required.": N_("Feltet må fylles ut."),
    "CSRF token missing.": N_("Siden var for gammel. Send inn en gang til."),
    "CSRF token is missing.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF token has expired.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF tokens do not match.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF session token is missing.": N_("Siden var for gammel. Send inn en gang til."),
    "The CSRF token is invalid.": N_("Siden var for gammel. Send inn en gang til."),
}

FYLL_UT = N_("Feltet må fylles ut.")
FOR_LANG = N_("Teksten er for lang. Skriv høyst %(maks)d tegn.")
NAA_STAAR = N_("Nå står det: %(hva)s.")

_OM_HVERT_FELT = (
    *dict.fromkeys(_WTFORMS.values()),
    *(funn.tekst for funn in Funn),
    ORDET,
    FYLL_UT,
    FOR_LANG,
    HELTALL,
    BELOEP,
    PUNKTUM,
    NAA_STAAR,
    N_("Velg ja eller nei."),
)
"""Messages that do not tell which field they are about: at the field nobody needs to be told."""


def blant_andre(melding: str, ledetekst: str) -> str:
    """A message as it stands in the list on top of the form, with the field's name where its own words lack it."""
    begynner = (gettext(en).partition("%(")[0] for en in _OM_HVERT_FELT)
    return f"{ledetekst}: {melding}" if melding.startswith(tuple(begynner)) else melding


class Feltmeldinger:
    """WTForms' own messages in our words; it has no nynorsk, so none of its translations are used."""

    def gettext(self, string: str) -> str:
        """One message."""
        return str(gettext(_WTFORMS.get(string, string)))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """One of something, or `n`."""
        return str(gettext(_WTFORMS.get(singular, singular if n == 1 else plural)))
