"""Forms of signing in, of changing one's password, of users and their roles, and of the municipality's choices."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from flask_babel import lazy_gettext
from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo, Optional
from wtforms.widgets import TextInput

from koordinering.errors import UgyldigFelt, brutt
from koordinering.konto.queries import Brukerfilter, Brukersoek
from koordinering.konto.rules import STOERSTE_EPOST, Periode, sjekk_brukernavn, sjekk_tittel
from koordinering.konto.services.kommunen import VALG_MED_REGEL, Valgene, sjekk_valg
from koordinering.roles import Rolle
from koordinering.tekst import N_
from koordinering.users import Enhet, Koblingsmodus, Kommune
from koordinering.web.skjema import (
    DATO,
    BaseForm,
    DateField,
    MaaFyllesUt,
    RadioField,
    SelectField,
    Tekstfelt,
    ved_feltet,
)
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt


class InnloggingForm(BaseForm):
    """User name and password."""

    brukernavn = Tekstfelt(lazy_gettext(N_("Brukernavn")), validators=[MaaFyllesUt(N_("Skriv brukernavnet ditt."))])
    passord = PasswordField(lazy_gettext(N_("Passord")), validators=[MaaFyllesUt(N_("Skriv passordet ditt."))])


def nytt_passord() -> PasswordField:
    """The field of a password that somebody chooses."""
    return PasswordField(
        lazy_gettext(N_("Nytt passord")),
        description=lazy_gettext(N_("Minst 12 tegn. Flere ord etter hverandre er lett å huske og vanskelig å gjette.")),
        validators=[MaaFyllesUt(N_("Skriv det nye passordet."))],
    )


def gjentatt_passord() -> PasswordField:
    """The same once more, beside `passord_nytt`."""
    return PasswordField(
        lazy_gettext(N_("Gjenta det nye passordet")),
        validators=[
            MaaFyllesUt(N_("Skriv det nye passordet en gang til.")),
            EqualTo("passord_nytt", message=N_("De to nye passordene er ikke like.")),
        ],
    )


class PassordForm(BaseForm):
    """The password one has and the one one wants. The names begin with `passord`, so that they are never kept."""

    passord_naa = PasswordField(
        lazy_gettext(N_("Passordet du har nå")), validators=[MaaFyllesUt(N_("Skriv passordet du har nå."))]
    )
    passord_nytt = nytt_passord()
    passord_gjenta = gjentatt_passord()


class NyttPassordForm(PassordForm):
    """The password one was given and the one one chooses instead."""

    passord_naa = PasswordField(
        lazy_gettext(N_("Det midlertidige passordet")),
        validators=[MaaFyllesUt(N_("Skriv det midlertidige passordet en gang til."))],
    )


_JA_NEI = [("ja", N_("Ja")), ("nei", N_("Nei"))]


class KommuneForm(BaseForm):
    """The municipality's own choices, all of them as they stand."""

    vist = HiddenField()
    kobling = RadioField(lazy_gettext(N_("Hvordan saker kobles")), validators=[MaaFyllesUt(N_("Velg hvordan."))])
    dpia_dato = DateField(lazy_gettext(N_("Vedtakets dato")), format=DATO, widget=TextInput(), validators=[Optional()])
    dpia_referanse = Tekstfelt(lazy_gettext(N_("Vedtakets referanse i arkivet")), maks=100, validators=[Optional()])
    kjoenn = RadioField(
        lazy_gettext(N_("Kan barnets kjønn registreres?")), validators=[MaaFyllesUt(N_("Velg ja eller nei."))]
    )
    samtykkealder = Heltallsfelt(
        lazy_gettext(N_("Ungdommen samtykker selv fra")), validators=[MaaFyllesUt(N_("Skriv en alder."))]
    )
    sak_maaneder = Heltallsfelt(
        lazy_gettext(N_("En avsluttet sak slettes etter")),
        description=lazy_gettext(N_("Fra 12 til 120 måneder etter det siste som skjedde i saken.")),
        validators=[MaaFyllesUt(N_("Skriv et tall."))],
    )
    meldeplikt_lenke = Tekstfelt(
        lazy_gettext(N_("Lenke til kommunens side om meldeplikt")), maks=300, validators=[Optional()]
    )
    terskel = Heltallsfelt(
        lazy_gettext(N_("Minste tall som vises")),
        description=lazy_gettext(N_("Fra 3 til 10. Gjelder fra neste telling.")),
        validators=[MaaFyllesUt(N_("Skriv et tall."))],
    )
    sekunder = Heltallsfelt(
        lazy_gettext(N_("Tid til å finne færre tall å skjule")),
        description=lazy_gettext(N_("Fra 10 til 3600 sekunder. De fleste kommuner er ferdige lenge før.")),
        validators=[MaaFyllesUt(N_("Skriv et tall."))],
    )
    to_personer = RadioField(
        lazy_gettext(N_("Må en annen enn den som laget utkastet, publisere?")),
        validators=[MaaFyllesUt(N_("Velg ja eller nei."))],
    )

    personvern_kontor = Tekstfelt(
        lazy_gettext(N_("Kontoret familier kan spørre")),
        description=lazy_gettext(N_("Navnet på kontoret eller rollen, ikke på en person.")),
        maks=100,
        validators=[Optional()],
    )
    personvern_epost = Tekstfelt(lazy_gettext(N_("Kontorets e-post")), maks=100, validators=[Optional()])
    personvern_telefon = Tekstfelt(lazy_gettext(N_("Kontorets telefon")), maks=20, validators=[Optional()])

    innsyn_enhet = SelectField(
        lazy_gettext(N_("Enheten som setter sammen et samlet innsyn")),
        description=lazy_gettext(
            N_("Lederen der ber tjenestene godkjenne hver sin del. Velg ingen når kommunen ikke gir samlet innsyn.")
        ),
    )

    @classmethod
    def fra(cls, rad: Kommune, enheter: Sequence[Enhet], **kwargs: Any) -> "KommuneForm":
        """The form with the choices as they are."""
        return cls(
            **kwargs,
            enheter=enheter,
            data={
                "vist": rad.avtrykk(),
                "kobling": rad.koblingsmodus.value,
                "kjoenn": "ja" if rad.registrer_kjoenn else "nei",
                "to_personer": "ja" if rad.to_personer else "nei",
                "innsyn_enhet": rad.innsyn_enhet_id or "",
                **{navn: getattr(rad, navn) for navn in _SOM_DE_ER},
            },
        )

    def __init__(self, *args: Any, enheter: Sequence[Enhet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.innsyn_enhet.choices = [("", gettext(N_("Ingen"))), *((e.id, e.kortnavn) for e in enheter)]
        self.kobling.choices = [(modus.value, gettext(modus.tekst)) for modus in Koblingsmodus]
        self.kjoenn.choices = self.to_personer.choices = [(kode, gettext(tekst)) for kode, tekst in _JA_NEI]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """All that is wrong is told at once, each at its field."""
        gyldig = super().validate(*args, **kwargs)
        for navn in VALG_MED_REGEL:
            for feil in brutt(sjekk_valg, navn, None if self[navn].errors else self[navn].data):
                self.feil(feil)
                gyldig = False
        return bool(gyldig)

    def valgene(self) -> Valgene:
        """What was chosen."""
        return Valgene(
            kobling=Koblingsmodus(self.kobling.data),
            dpia_dato=self.dpia_dato.data,
            dpia_referanse=self.dpia_referanse.data,
            terskel=self.terskel.data,
            sekunder=self.sekunder.data,
            kjoenn=self.kjoenn.data == "ja",
            meldeplikt_lenke=self.meldeplikt_lenke.data or "",
            to_personer=self.to_personer.data == "ja",
            samtykkealder=self.samtykkealder.data,
            sak_maaneder=self.sak_maaneder.data,
            personvern_kontor=self.personvern_kontor.data or "",
            personvern_epost=self.personvern_epost.data or "",
            personvern_telefon=self.personvern_telefon.data or "",
            innsyn_enhet_id=self.innsyn_enhet.data or "",
            uten=frozenset(navn for navn in ("dpia_dato", "dpia_referanse") if not self[navn].data),
        )


_SOM_DE_ER = (
    "dpia_dato", "dpia_referanse", "terskel", "sekunder", "meldeplikt_lenke", "samtykkealder", "sak_maaneder",
    "personvern_kontor", "personvern_epost", "personvern_telefon",
)  # fmt: skip


def _dag(ledetekst: str, hjelp: str, *krav: Any) -> DateField:
    return DateField(
        lazy_gettext(ledetekst), description=lazy_gettext(hjelp), format=DATO, widget=TextInput(), validators=list(krav)
    )


class BrukersoekForm(BaseForm):
    """What the list of users is narrowed to, read from the address."""

    sok = Tekstfelt(lazy_gettext(N_("Brukernavn eller tittel")), maks=60, validators=[Optional()])
    rolle = SelectField(lazy_gettext(N_("Rolle")), validators=[Optional()])
    enhet = SelectField(lazy_gettext(N_("Enhet")), validators=[Optional()])
    filter = SelectField(lazy_gettext(N_("Tilstand")), default=Brukerfilter.ALLE.value)

    def __init__(self, *args: Any, enheter: Sequence[Enhet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rolle.choices = [("", gettext(N_("Alle"))), *((r.value, gettext(r.tekst)) for r in Rolle)]
        self.enhet.choices = [("", gettext(N_("Alle"))), *((e.id, e.kortnavn) for e in enheter)]
        self.filter.choices = [(f.value, gettext(f.tekst)) for f in Brukerfilter]

    def soek(self) -> Brukersoek:
        """The search; a choice that is not in the list finds nothing out and narrows nothing."""
        self.validate()
        return Brukersoek(
            tekst="" if self.sok.errors else self.sok.data or "",
            rolle=None if self.rolle.errors or not self.rolle.data else Rolle(self.rolle.data),
            enhet_id="" if self.enhet.errors else self.enhet.data or "",
            filter_=Brukerfilter.ALLE if self.filter.errors else Brukerfilter(self.filter.data or "alle"),
        )


class DatoForm(BaseForm):
    """From when to when a role holds."""

    fra = _dag(N_("Første dag"), N_("dd.mm.åååå"), MaaFyllesUt(N_("Skriv datoen som dd.mm.åååå.")))
    til = _dag(N_("Siste dag"), N_("Tomt: ingen slutt."), Optional())

    def periode(self) -> Periode:
        """From when to when, after validate()."""
        return Periode(cast(date, self.fra.data), self.til.data)


class RolleForm(DatoForm):
    """A role in a unit, from and to."""

    rolle = SelectField(lazy_gettext(N_("Rolle")), validators=[MaaFyllesUt(N_("Velg en rolle."))])
    enhet = SelectField(lazy_gettext(N_("Enhet")), validators=[MaaFyllesUt(N_("Velg en enhet."))])

    def __init__(self, *args: Any, enheter: Sequence[Enhet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for navn in ("rolle", "enhet", "fra", "til"):  # last, in this order: errors are told as they stand on the page
            self._fields[navn] = self._fields.pop(navn)
        self.rolle.choices = [("", gettext(N_("Velg"))), *((r.value, gettext(r.tekst)) for r in Rolle)]
        self.enhet.choices = [("", gettext(N_("Velg"))), *((e.id, e.kortnavn) for e in enheter)]


class NyBrukerForm(RolleForm):
    """A new account with its first role."""

    brukernavn = Tekstfelt(
        lazy_gettext(N_("Brukernavn")), maks=60, validators=[MaaFyllesUt(N_("Skriv et brukernavn."))]
    )
    tittel = Tekstfelt(
        lazy_gettext(N_("Tittel")),
        description=lazy_gettext(N_("Det kollegene kjenner, for eksempel Nav-veileder 3. Ikke et personnavn.")),
        maks=60,
        validators=[MaaFyllesUt(N_("Skriv en tittel."))],
    )

    def feil(self, feil: UgyldigFelt) -> None:
        """What is wrong with the roles is told at the one that the form has."""
        super().feil(feil if feil.felt != "roller" else UgyldigFelt("rolle", str(feil)))

    def validate_brukernavn(self, field: Tekstfelt) -> None:
        """Tell of it together with what else is wrong."""
        with ved_feltet():
            sjekk_brukernavn(field.data or "")

    def validate_tittel(self, field: Tekstfelt) -> None:
        """As for the user name."""
        with ved_feltet():
            sjekk_tittel(field.data or "")


class EpostForm(BaseForm):
    """Where reminders go."""

    epost = Tekstfelt(
        lazy_gettext(N_("E-postadresse")),
        description=lazy_gettext(N_("Adressen din på jobb. La feltet stå tomt hvis du ikke vil ha e-post.")),
        maks=STOERSTE_EPOST,
        validators=[Optional()],
    )


class TittelForm(BaseForm):
    """The title that the workplace knows."""

    tittel = Tekstfelt(
        lazy_gettext(N_("Tittel")),
        description=lazy_gettext(N_("Det kollegene kjenner. Ikke et personnavn.")),
        maks=60,
        validators=[MaaFyllesUt(N_("Skriv en tittel."))],
    )


class AvsluttForm(BaseForm):
    """The last day of a role."""

    siste_dag = _dag(N_("Siste dag"), N_("Tomt: rollen slutter med en gang."), Optional())
