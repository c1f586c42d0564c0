"""Forms of signing in and of changing one's password."""

from flask_babel import lazy_gettext
from wtforms import PasswordField
from wtforms.validators import EqualTo

from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt


class InnloggingForm(BaseForm):
    """User name and password."""

    brukernavn = Tekstfelt(lazy_gettext(N_("Brukernavn")), validators=[MaaFyllesUt(N_("Skriv brukernavnet ditt."))])
    passord = PasswordField(lazy_gettext(N_("Passord")), validators=[MaaFyllesUt(N_("Skriv passordet ditt."))])


class PassordForm(BaseForm):
    """The password one has and the one one wants. The names begin with `passord`, so that they are never kept."""

    passord_naa = PasswordField(
        lazy_gettext(N_("Passordet du har nå")), validators=[MaaFyllesUt(N_("Skriv passordet du har nå."))]
    )
    passord_nytt = PasswordField(
        lazy_gettext(N_("Nytt passord")),
        description=lazy_gettext(N_("Minst 12 tegn. Flere ord etter hverandre er lett å huske og vanskelig å gjette.")),
        validators=[MaaFyllesUt(N_("Skriv det nye passordet."))],
    )
    passord_gjenta = PasswordField(
        lazy_gettext(N_("Gjenta det nye passordet")),
        validators=[
            MaaFyllesUt(N_("Skriv det nye passordet en gang til.")),
            EqualTo("passord_nytt", message=N_("De to nye passordene er ikke like.")),
        ],
    )


class NyttPassordForm(PassordForm):
    """The password one was given and the one one chooses instead."""

    passord_naa = PasswordField(
        lazy_gettext(N_("Det midlertidige passordet")),
        validators=[MaaFyllesUt(N_("Skriv det midlertidige passordet en gang til."))],
    )
