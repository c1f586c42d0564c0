"""Forms over the plan's head, its aims, strategies, units and indicators, and the new ones of each."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import NumberRange, Optional

from koordinering.plan.rules.planfil import Delmaalslinje, Enhetslinje, Indikatorlinje, Indikatorslag, Strategilinje
from koordinering.plan.rullering.forms.felter import Delform, Grunnlag, Planlinje, Planomraade, Tallfelt
from koordinering.plan.rullering.rules import Plandel, Versjonsstatus
from koordinering.saker.forms.felter import valg
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, Flervalg, MaaFyllesUt, SelectField
from koordinering.web.tallfelt import Heltallsfelt

_AAR = N_("Skriv et år med fire sifre.")
_HOVED = N_("Skriv et helt tall fra 1 til 99.")


class PlanenForm(Delform):
    """The plan's title and period."""

    slag = Plandel.HODE

    tittel = Planlinje(lazy_gettext(N_("Tittel")), validators=[MaaFyllesUt(N_("Skriv tittelen."))])
    periode = Planlinje(lazy_gettext(N_("Periode")), validators=[MaaFyllesUt(N_("Skriv perioden."))], maks=60)
    vedtak = Planlinje(
        lazy_gettext(N_("Vedtak")),
        validators=[MaaFyllesUt(N_("Skriv vedtaket."))],
        maks=400,
        description=N_("Byttes ut med det nye vedtaket når et utkast settes i kraft."),
    )
    merknad = Planomraade(lazy_gettext(N_("Merknad til delmålene")), validators=[Optional()])


class DelmaalForm(Delform):
    """One aim."""

    slag = Plandel.DELMAAL

    navn = Planlinje(lazy_gettext(N_("Navn")), validators=[MaaFyllesUt(N_("Skriv navnet."))])
    tekst = Planomraade(lazy_gettext(N_("Tekst")), validators=[MaaFyllesUt(N_("Skriv teksten."))])


class NyttDelmaalForm(BaseForm):
    """A new aim."""

    navn = Planlinje(lazy_gettext(N_("Navn")), validators=[MaaFyllesUt(N_("Skriv navnet."))])
    tekst = Planomraade(lazy_gettext(N_("Tekst")), validators=[MaaFyllesUt(N_("Skriv teksten."))])

    def __init__(self, _grunnlag: Grunnlag) -> None:
        super().__init__()

    def linje(self, grunnlag: Grunnlag) -> Delmaalslinje:
        """The new aim, after validate()."""
        id_ = _neste("D", (en.id for en in grunnlag.fil.delmaal))
        return Delmaalslinje(id_, self.navn.data or "", self.tekst.data or "")


class StrategiForm(Delform):
    """One strategy."""

    slag = Plandel.STRATEGI

    hovedstrategi = Heltallsfelt(
        lazy_gettext(N_("Hovedstrategi")),
        validators=[
            MaaFyllesUt(N_("Skriv nummeret på hovedstrategien.")),
            NumberRange(1, 99, message=lazy_gettext(_HOVED)),
        ],
    )
    tekst = Planomraade(lazy_gettext(N_("Tekst")), validators=[MaaFyllesUt(N_("Skriv teksten."))])


class NyStrategiForm(BaseForm):
    """A new strategy, without measures yet."""

    id = Planlinje(lazy_gettext(N_("Nummer i planen")), validators=[MaaFyllesUt(N_("Skriv nummeret."))], maks=40)
    hovedstrategi = Heltallsfelt(
        lazy_gettext(N_("Hovedstrategi")),
        validators=[
            MaaFyllesUt(N_("Skriv nummeret på hovedstrategien.")),
            NumberRange(1, 99, message=lazy_gettext(_HOVED)),
        ],
    )
    tekst = Planomraade(lazy_gettext(N_("Tekst")), validators=[MaaFyllesUt(N_("Skriv teksten."))])

    def __init__(self, _grunnlag: Grunnlag) -> None:
        super().__init__()

    def linje(self, _grunnlag: Grunnlag) -> Strategilinje:
        """The new strategy, after validate()."""
        return Strategilinje(self.id.data or "", self.hovedstrategi.data or 0, self.tekst.data or "", ())


class EnhetForm(Delform):
    """What a unit is called. Who refers and who is health personnel is not the plan's to change."""

    slag = Plandel.ENHET

    navn = Planlinje(lazy_gettext(N_("Navn")), validators=[MaaFyllesUt(N_("Skriv navnet."))])
    kortnavn = Planlinje(
        lazy_gettext(N_("Kort navn")), validators=[MaaFyllesUt(N_("Skriv det korte navnet."))], maks=60
    )


class NyEnhetForm(BaseForm):
    """A new unit: it answers for measures, and meets no families until whoever runs the installation says so."""

    navn = Planlinje(lazy_gettext(N_("Navn")), validators=[MaaFyllesUt(N_("Skriv navnet."))])
    kortnavn = Planlinje(
        lazy_gettext(N_("Kort navn")), validators=[MaaFyllesUt(N_("Skriv det korte navnet."))], maks=60
    )

    def __init__(self, _grunnlag: Grunnlag) -> None:
        super().__init__()

    def linje(self, _grunnlag: Grunnlag) -> Enhetslinje:
        """The new unit, after validate()."""
        kortnavn = self.kortnavn.data or ""
        return Enhetslinje(_kode(kortnavn), self.navn.data or "", kortnavn, henviser=False, helse=False)


class IndikatorForm(Delform):
    """One figure of the plan."""

    slag = Plandel.INDIKATOR

    navn = Planlinje(lazy_gettext(N_("Hva tallet er")), validators=[MaaFyllesUt(N_("Skriv hva tallet er."))])
    verdi = Tallfelt(lazy_gettext(N_("Tall")), validators=[Optional()], maks=30)
    tekst = Planlinje(lazy_gettext(N_("Tekst i stedet for tall")), validators=[Optional()])
    enhet = Planlinje(lazy_gettext(N_("Måleenhet")), validators=[MaaFyllesUt(N_("Skriv måleenheten."))], maks=80)
    aar = Heltallsfelt(
        lazy_gettext(N_("År")), validators=[Optional(), NumberRange(1900, 2100, message=lazy_gettext(_AAR))]
    )
    periode = Planlinje(lazy_gettext(N_("Periode")), validators=[Optional()], maks=80)
    omraade = Planlinje(lazy_gettext(N_("Område")), validators=[Optional()], maks=80)
    gruppe = Planlinje(lazy_gettext(N_("Gruppe")), validators=[Optional()], maks=120)
    kilde = Planlinje(lazy_gettext(N_("Kilde")), validators=[Optional()], maks=300)
    slag_ = SelectField(lazy_gettext(N_("Slags tall")), validators=[MaaFyllesUt()])
    tiltak = Flervalg(lazy_gettext(N_("Gjelder tiltak")), validators=[Optional()])
    brudd = BooleanField(lazy_gettext(N_("Brudd: kan ikke sammenlignes med tallet før")))
    brudd_mot = Planlinje(lazy_gettext(N_("Kan ikke sammenlignes med")), validators=[Optional()], maks=80)
    brudd_grunn = Planlinje(lazy_gettext(N_("Hvorfor brudd")), validators=[Optional()], maks=400)
    avsluttet = BooleanField(lazy_gettext(N_("Serien føres ikke videre")))
    avsluttet_grunn = Planlinje(lazy_gettext(N_("Hvorfor den ikke føres videre")), validators=[Optional()], maks=400)

    def fra_linje(self, linje: Indikatorlinje) -> dict[str, Any]:
        """The number as people write it."""
        verdi = "" if linje.verdi is None else f"{linje.verdi:.12g}".replace(".", ",")
        return {**super().fra_linje(linje), "verdi": verdi, "slag_": linje.slag.value, "tiltak": list(linje.tiltak)}

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """The kinds of figures, and the plan's measures."""
        self.slag_.choices = valg(Indikatorslag)
        self.tiltak.choices = [(en.id, f"{en.id} {en.kortnavn}") for en in grunnlag.fil.tiltak]

    def felter(self) -> dict[str, Any]:
        """The kind under its own name."""
        felter = super().felter()
        slag = Indikatorslag(felter.pop("slag_"))
        return {**felter, "slag": slag}


_TOM = Indikatorlinje(
    id="",
    navn="",
    omraade=None,
    aar=None,
    periode=None,
    verdi=None,
    tekst=None,
    enhet="",
    gruppe=None,
    kilde=None,
    slag=Indikatorslag.TALL,
    brudd=False,
    brudd_mot=None,
    brudd_grunn=None,
    avsluttet=False,
    avsluttet_grunn=None,
    tiltak=(),
)


class NyIndikatorForm(IndikatorForm):
    """A new figure."""

    def __init__(self, grunnlag: Grunnlag) -> None:
        super().__init__(_TOM, grunnlag, Versjonsstatus.UTKAST)

    def linje(self, grunnlag: Grunnlag) -> Indikatorlinje:
        """The new figure, after validate()."""
        return replace(_TOM, id=_neste("I", (en.id for en in grunnlag.fil.indikatorer)), **self.felter())


def _neste(foran: str, ider: Iterable[str]) -> str:
    """D4 after D1, D2 and D3."""
    numre = [int(treff[1]) for en in ider if (treff := re.fullmatch(rf"{foran}(\d{{1,6}})", en))]
    return f"{foran}{max(numre, default=0) + 1}"


def _kode(navn: str) -> str:
    """A unit's code from its name: lower case, å as aa."""
    tekst = navn.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    ascii_ = unicodedata.normalize("NFKD", tekst).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_).strip("_")[:40] or "enhet"
