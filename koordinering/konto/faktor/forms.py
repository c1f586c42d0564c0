"""Forms of the second factor."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, PasswordField

from koordinering.konto.faktor.rules import STOERSTE_NAVN
from koordinering.konto.forms import gjentatt_passord, nytt_passord
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt


class KodeForm(BaseForm):
    """A code from the app, or one from the paper."""

    engangskode = Tekstfelt(lazy_gettext(N_("Kode")), maks=40, validators=[MaaFyllesUt(N_("Skriv koden."))])


class AppkodeForm(BaseForm):
    """The first code of an app."""

    engangskode = Tekstfelt(
        lazy_gettext(N_("Koden appen viser nå")), maks=40, validators=[MaaFyllesUt(N_("Skriv de seks sifrene."))]
    )


class SvarForm(BaseForm):
    """What the browser answered; a script fills it in."""

    passkey_svar = HiddenField()


class NyPasskeyForm(BaseForm):
    """What the browser made, and what the user calls it."""

    navn = Tekstfelt(
        lazy_gettext(N_("Navn på passkeyen")),
        description=lazy_gettext(N_("Så du kjenner den igjen, for eksempel «Telefonen» eller «PC på jobben».")),
        maks=STOERSTE_NAVN,
        validators=[MaaFyllesUt(N_("Skriv et navn."))],
    )
    passkey_svar = HiddenField()


class BekreftForm(BaseForm):
    """One's password once more."""

    passord_naa = PasswordField(lazy_gettext(N_("Passord")), validators=[MaaFyllesUt(N_("Skriv passordet ditt."))])


class NyInnloggingForm(BaseForm):
    """A new password, chosen with a link."""

    passord_nytt = nytt_passord()
    passord_gjenta = gjentatt_passord()


class TomForm(BaseForm):
    """A button and its token."""
