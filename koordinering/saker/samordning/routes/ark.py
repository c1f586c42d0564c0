"""The sheet on which a family consents to coordination: what is chosen, in the family's language, on paper."""

from flask import request

from koordinering import audit
from koordinering.audit import Hva, Ting
from koordinering.db import i_dag
from koordinering.roles import Rettighet
from koordinering.saker import queries as saker
from koordinering.saker.models import Sak
from koordinering.saker.routes.samtykketekst import arkside
from koordinering.saker.rules.samtykke import hvem_kan_samtykke
from koordinering.saker.rules.samtykketekst import Arkslag, har_ark, hvem_skriver_under
from koordinering.saker.samordning import queries
from koordinering.saker.samordning.forms import ET_AAR, ArkForm
from koordinering.saker.samordning.routes.felles import bp
from koordinering.saker.services.samtykketekst import MAPPE, les_samtykketekster
from koordinering.users import kommune
from koordinering.web.gate import needs
from koordinering.web.huset import innstillinger, me


@bp.get("/saker/<int:sak_id>/samordning/ark")
@needs(Rettighet.SAK_REGISTRER)
def samtykkeark(sak_id: int) -> str | tuple[str, int]:
    """Choose the units, and print what the family signs."""
    sak = saker.sak(me(), sak_id, Rettighet.SAK_REGISTRER)
    tekster = les_samtykketekster(innstillinger().tekster / MAPPE)
    valgt = "spraak" in request.args
    form = ArkForm(
        formdata=request.args if valgt else None,
        data=_forslag(sak),
        sak=sak,
        kan_nevnes=queries.kan_nevnes(sak),
        spraak=[(kode, fil.navn) for kode, fil in tekster.spraak.items() if har_ark(fil, Arkslag.SAMORDNING)],
    )
    audit.record(Hva.SAMTYKKETEKST, av=me(), gjelder=Ting("sak", sak.id, sak.enhet_id), detalj="samordning")
    return arkside("samordning/ark.html", form, (Arkslag.SAMORDNING, tekster), klart=valgt, sak=sak)


def _forslag(sak: Sak) -> dict[str, object]:
    """What is chosen when the page opens."""
    kan = hvem_kan_samtykke([b.foedselsaar for b in sak.barn], i_dag().year, kommune().samtykkealder)
    return {"spraak": "nb", "fra": hvem_skriver_under(kan).value, "gyldig_til": i_dag() + ET_AAR}
