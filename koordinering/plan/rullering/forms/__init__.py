"""What can be edited, by the name that stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from koordinering.plan.rullering.forms.deler import (
    DelmaalForm,
    EnhetForm,
    IndikatorForm,
    NyEnhetForm,
    NyIndikatorForm,
    NyStrategiForm,
    NyttDelmaalForm,
    PlanenForm,
    StrategiForm,
)
from koordinering.plan.rullering.forms.felter import Delform, Grunnlag
from koordinering.plan.rullering.forms.tiltak import AnsvarForm, EvalueringForm, MaateForm, NavnForm, NyttTiltakForm
from koordinering.plan.rullering.rules import Plandel
from koordinering.tekst import N_


@dataclass(frozen=True)
class Skjema:
    """One page that edits some fields of one part."""

    form: type[Delform]
    tittel: str
    bare_utkast: bool = False
    """What it edits is not corrected in the plan in force."""

    @property
    def slag(self) -> Plandel:
        """The kind of part."""
        return self.form.slag


@dataclass(frozen=True)
class NyttSkjema:
    """One page that makes a new part of the draft. `form` takes the Grunnlag, and has linje()."""

    form: Any
    slag: Plandel
    tittel: str
    lagret: str


SKJEMAER: Mapping[str, Skjema] = MappingProxyType(
    {
        "planen": Skjema(PlanenForm, N_("Planens tittel og periode")),
        "delmaal": Skjema(DelmaalForm, N_("Delmål")),
        "strategi": Skjema(StrategiForm, N_("Strategi")),
        "navn": Skjema(NavnForm, N_("Navn og målgruppe")),
        "ansvar": Skjema(AnsvarForm, N_("Ansvar")),
        "evaluering": Skjema(EvalueringForm, N_("Evaluering")),
        "maate": Skjema(MaateForm, N_("Slik gis tiltaket"), bare_utkast=True),
        "indikator": Skjema(IndikatorForm, N_("Indikator")),
        "enhet": Skjema(EnhetForm, N_("Enhet")),
    }
)

NYE: Mapping[str, NyttSkjema] = MappingProxyType(
    {
        "delmaal": NyttSkjema(NyttDelmaalForm, Plandel.DELMAAL, N_("Nytt delmål"), N_("Delmålet er lagt til.")),
        "strategi": NyttSkjema(NyStrategiForm, Plandel.STRATEGI, N_("Ny strategi"), N_("Strategien er lagt til.")),
        "tiltak": NyttSkjema(NyttTiltakForm, Plandel.TILTAK, N_("Nytt tiltak"), N_("Tiltaket er lagt til.")),
        "indikator": NyttSkjema(NyIndikatorForm, Plandel.INDIKATOR, N_("Ny indikator"), N_("Indikatoren er lagt til.")),
        "enhet": NyttSkjema(NyEnhetForm, Plandel.ENHET, N_("Ny enhet"), N_("Enheten er lagt til.")),
    }
)

__all__ = ["NYE", "SKJEMAER", "Grunnlag", "NyttSkjema", "Skjema"]
