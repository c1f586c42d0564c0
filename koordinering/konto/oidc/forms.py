"""The form by which SYSTEMFORVALTER lets a request sign in as an account that is there."""

from flask_babel import lazy_gettext

from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt


class KobleForm(BaseForm):
    """An account that is there."""

    konto = Tekstfelt(lazy_gettext(N_("Brukernavnet som finnes")), validators=[MaaFyllesUt(N_("Skriv brukernavnet."))])
