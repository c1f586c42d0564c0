"""Forms over a measure, one thing per page: what it is called, who answers, when it is assessed, how it is given."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Optional

from koordinering.plan.rules.planfil import Tiltakslinje
from koordinering.plan.rullering.forms.felter import Delform, Grunnlag, Planlinje, Planomraade
from koordinering.plan.rullering.rules import Plandel
from koordinering.saker.forms.felter import valg
from koordinering.tekst import N_
from koordinering.tiltak.rules import Kadens, Mekanikk
from koordinering.web.skjema import BaseForm, Flervalg, Fritekstfelt, MaaFyllesUt, SelectField
from koordinering.web.sprak import gettext

_INGEN = N_("Ingen")
_MOTTAKER = N_("Kort, friplass og oppfølging gis etter henvisning, og må ha en enhet som behandler dem.")
INGEN = "-"
"""Said, and not left out: nobody has the main responsibility."""
_INGEN_HOVED = N_("Ingen har hovedansvar")
_VELG_HOVED = N_("Velg enheten med hovedansvar, eller at ingen har det.")


class NavnForm(Delform):
    """What a measure is called and whom it is for."""

    slag = Plandel.TILTAK

    strategi = SelectField(lazy_gettext(N_("Strategi")), validators=[MaaFyllesUt()])
    navn = Planomraade(
        lazy_gettext(N_("Navn i planen")), validators=[MaaFyllesUt(N_("Skriv navnet tiltaket har i planen."))]
    )
    kortnavn = Planlinje(
        lazy_gettext(N_("Kort navn")),
        validators=[MaaFyllesUt(N_("Skriv det korte navnet."))],
        maks=80,
        description=N_("Det de ansatte sier."),
    )
    maalgruppe = Planlinje(lazy_gettext(N_("Målgruppe")), validators=[Optional()])
    merknad = Planomraade(lazy_gettext(N_("Merknad")), validators=[Optional()])

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """The plan's strategies, where the measure can be moved."""
        if "strategi" in self._fields:
            self.strategi.choices = grunnlag.strategivalg


class AnsvarForm(Delform):
    """The unit with the main responsibility, and those it works with."""

    slag = Plandel.TILTAK

    hovedansvar = SelectField(lazy_gettext(N_("Hovedansvar")), validators=[MaaFyllesUt(_VELG_HOVED)])
    samarbeid = Flervalg(lazy_gettext(N_("Samarbeider")), validators=[Optional()])
    ansvar_tekst = Planlinje(lazy_gettext(N_("Slik ansvaret er skrevet i planen")), validators=[Optional()], maks=300)

    def fra_linje(self, linje: Tiltakslinje) -> dict[str, Any]:
        """Main and partners apart."""
        return {
            "hovedansvar": next((enhet for enhet, hoved in linje.ansvar if hoved), INGEN),
            "samarbeid": [enhet for enhet, hoved in linje.ansvar if not hoved],
            "ansvar_tekst": linje.ansvar_tekst,
        }

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """Every unit."""
        self.hovedansvar.choices = [*grunnlag.enhetsvalg, (INGEN, gettext(_INGEN_HOVED))]
        self.samarbeid.choices = grunnlag.enhetsvalg

    def felter(self) -> dict[str, Any]:
        """Main first."""
        return {"ansvar": _ansvar(self), "ansvar_tekst": self.ansvar_tekst.data or ""}


def _mekanikker(form: Any) -> tuple[Mekanikk, ...]:
    return tuple(Mekanikk(en) for en in form.mekanikker.data)


def _ansvar(form: Any) -> tuple[tuple[str, bool], ...]:
    hoved = ((form.hovedansvar.data, True),) if form.hovedansvar.data != INGEN else ()
    return (*hoved, *((enhet, False) for enhet in form.samarbeid.data))


class EvalueringForm(Delform):
    """When a measure is assessed and who is told."""

    slag = Plandel.TILTAK

    evalueres = Planomraade(
        lazy_gettext(N_("Slik evalueringen er skrevet i planen")),
        validators=[MaaFyllesUt(N_("Skriv hvordan tiltaket evalueres."))],
    )
    kadens = SelectField(lazy_gettext(N_("Hvor ofte")), validators=[MaaFyllesUt()])
    frist = Planlinje(
        lazy_gettext(N_("Frist")),
        validators=[Optional()],
        description=N_("Slik planen skriver den: «i løpet av 2027»."),
    )
    rapporteres_til = Planlinje(
        lazy_gettext(N_("Rapporteres til")),
        validators=[Optional()],
        description=N_("For eksempel kommunestyret eller ungdomsrådet."),
    )

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """The cadences there are."""
        self.kadens.choices = valg(Kadens)

    def som_linje(self, navn: str) -> Any:
        """The cadence as its code."""
        return Kadens(self.kadens.data) if navn == "kadens" else super().som_linje(navn)


class MaateForm(Delform):
    """How a measure is given, and who handles its referrals."""

    slag = Plandel.TILTAK

    mekanikker = Flervalg(lazy_gettext(N_("Slik gis tiltaket")), validators=[MaaFyllesUt(N_("Velg minst én måte."))])
    mottaker = SelectField(lazy_gettext(N_("Behandler henvisninger")), validators=[Optional()], description=_MOTTAKER)
    enkeltvedtak = BooleanField(lazy_gettext(N_("Et avslag er et enkeltvedtak og kan påklages")))

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """The ways there are, and every unit."""
        self.mekanikker.choices = valg(Mekanikk)
        self.mottaker.choices = [("", gettext(_INGEN)), *grunnlag.enhetsvalg]

    def som_linje(self, navn: str) -> Any:
        """The mechanisms as codes."""
        if navn == "mekanikker":
            return _mekanikker(self)
        return super().som_linje(navn)


class NyttTiltakForm(BaseForm):
    """The least that a new measure must have; the rest is filled in on its page."""

    id = Planlinje(
        lazy_gettext(N_("Nummer i planen")),
        validators=[MaaFyllesUt(N_("Skriv nummeret."))],
        maks=40,
        description=N_("For eksempel 4b-13. Nummeret kan ikke endres når planen er satt i kraft."),
    )
    strategi = SelectField(lazy_gettext(N_("Strategi")), validators=[MaaFyllesUt(N_("Velg en strategi."))])
    navn = Planomraade(
        lazy_gettext(N_("Navn i planen")), validators=[MaaFyllesUt(N_("Skriv navnet tiltaket har i planen."))]
    )
    kortnavn = Planlinje(
        lazy_gettext(N_("Kort navn")), validators=[MaaFyllesUt(N_("Skriv det korte navnet."))], maks=80
    )
    hovedansvar = SelectField(lazy_gettext(N_("Hovedansvar")), validators=[MaaFyllesUt(_VELG_HOVED)])
    samarbeid = Flervalg(lazy_gettext(N_("Samarbeider")), validators=[Optional()])
    evalueres = Planomraade(
        lazy_gettext(N_("Slik evalueringen er skrevet i planen")),
        validators=[MaaFyllesUt(N_("Skriv hvordan tiltaket evalueres."))],
    )
    kadens = SelectField(lazy_gettext(N_("Hvor ofte")), validators=[MaaFyllesUt(N_("Velg hvor ofte."))])
    mekanikker = Flervalg(lazy_gettext(N_("Slik gis tiltaket")), validators=[MaaFyllesUt(N_("Velg minst én måte."))])
    mottaker = SelectField(lazy_gettext(N_("Behandler henvisninger")), validators=[Optional()], description=_MOTTAKER)
    grunn = Fritekstfelt(lazy_gettext(N_("Hvorfor")), validators=[Optional()], maks=300)

    def __init__(self, grunnlag: Grunnlag) -> None:
        super().__init__(strategi=request.args.get("strategi", ""))
        self.strategi.choices = [("", gettext(N_("Velg"))), *grunnlag.strategivalg]
        self.hovedansvar.choices = [
            ("", gettext(N_("Velg"))),
            *grunnlag.enhetsvalg,
            (INGEN, gettext(_INGEN_HOVED)),
        ]
        self.samarbeid.choices = grunnlag.enhetsvalg
        self.kadens.choices = [("", gettext(N_("Velg"))), *valg(Kadens)]
        self.mekanikker.choices = valg(Mekanikk)
        self.mottaker.choices = [("", gettext(_INGEN)), *grunnlag.enhetsvalg]

    def linje(self, _grunnlag: Grunnlag) -> Tiltakslinje:
        """The new measure, after validate()."""
        return Tiltakslinje(
            id=self.id.data or "",
            strategi=self.strategi.data,
            navn=self.navn.data or "",
            kortnavn=self.kortnavn.data or "",
            evalueres=self.evalueres.data or "",
            kadens=Kadens(self.kadens.data),
            frist=None,
            rapporteres_til=None,
            maalgruppe=None,
            usikker=False,
            merknad=None,
            ansvar_tekst="",
            mottaker=self.mottaker.data or None,
            enkeltvedtak=False,
            mekanikker=_mekanikker(self),
            ansvar=_ansvar(self),
        )
