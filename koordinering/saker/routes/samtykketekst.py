"""The sheet that a family signs: what is chosen, in the family's language, on paper."""

from typing import Protocol

from flask import render_template, request

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import i_dag
from koordinering.roles import Rettighet
from koordinering.saker import queries
from koordinering.saker.forms.samtykke import SamtykketekstForm
from koordinering.saker.models import Sak
from koordinering.saker.routes.felles import bp
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, SamtykkeFra
from koordinering.saker.rules.overganger import Status
from koordinering.saker.rules.samtykke import hvem_kan_samtykke
from koordinering.saker.rules.samtykketekst import Arkslag, Utsagn, ark, hvem_skriver_under
from koordinering.saker.services.samtykketekst import MAPPE, Samtykketekster, les_samtykketekster
from koordinering.users import kommune
from koordinering.web.gate import needs
from koordinering.web.huset import innstillinger, me
from koordinering.web.skjema import SelectField


@bp.get("/samtykketekst")
@needs(Rettighet.SAK_REGISTRER)
def samtykketekst() -> str | tuple[str, int]:
    """Before there is a case: units and kinds of information are chosen here."""
    return _side(None)


@bp.get("/saker/<int:sak_id>/samtykketekst")
@needs(Rettighet.SAK_REGISTRER)
def samtykketekst_for_sak(sak_id: int) -> str | tuple[str, int]:
    """For a case: what waits for consent is ticked already."""
    sak = queries.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    audit.record(Hva.SAMTYKKETEKST, av=me(), gjelder=Ting("sak", sak.id, sak.enhet_id))
    return _side(sak)


def _side(sak: Sak | None) -> str | tuple[str, int]:
    tekster = les_samtykketekster(innstillinger().tekster / MAPPE)
    enheter = [sak.enhet] if sak is not None else queries.registreringsenheter(me())
    valgt, data = "spraak" in request.args, {"enhet": enheter[0].id, **_forslag(sak)}
    form = SamtykketekstForm(
        formdata=request.args if valgt else None,
        data=data,
        enheter=enheter,
        mottakere=queries.mottakere(enheter[0].id if len(enheter) == 1 else ""),
        spraak=[(kode, fil.navn) for kode, fil in tekster.spraak.items()],
    )
    klart = valgt or bool(data["mottaker"])
    return arkside("saker/samtykketekst.html", form, (Arkslag.DELING, tekster), klart=klart, sak=sak)


class Arkskjema(Protocol):
    """A form that says what stands on a sheet."""

    spraak: SelectField

    def validate(self) -> bool:
        """Whether what is chosen makes a sheet."""

    def utsagn(self) -> Utsagn:
        """What the sheet says, after validate()."""


def arkside(
    mal: str, form: Arkskjema, innhold: tuple[Arkslag, Samtykketekster], *, klart: bool, sak: Sak | None
) -> str | tuple[str, int]:
    """The page of a sheet: its choices, and the sheet itself where they are made (`klart`) and nothing is wrong."""
    slag, tekster = innhold
    laget = None
    if klart and form.validate():
        laget = ark(tekster.spraak[form.spraak.data], form.utsagn(), slag)
    alder = kommune().samtykkealder
    side = render_template(mal, form=form, sak=sak, feil=tekster.feil, ark=laget, samtykkealder=alder)
    return (side, 422) if klart and laget is None else side


def _forslag(sak: Sak | None) -> dict[str, object]:
    """What is chosen when the page opens."""
    data: dict[str, object] = {
        "opplysninger": [o.value for o in STANDARD_OPPLYSNINGER],
        "fra": SamtykkeFra.FORESATT.value,
        "spraak": "nb",
        "mottaker": request.args.getlist("mottaker"),
    }
    if sak is not None:
        kan = hvem_kan_samtykke([b.foedselsaar for b in sak.barn], i_dag().year, kommune().samtykkealder)
        venter = {h.mottaker_id for h in sak.henvisninger if h.mottaker_id and h.status is Status.VENTER_SAMTYKKE}
        data["mottaker"] = request.args.getlist("mottaker") or sorted(venter)
        data["fra"] = hvem_skriver_under(kan).value
    return data
