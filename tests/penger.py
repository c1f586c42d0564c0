"""Makes clubs, budgets, grants and payments for tests, through the same services that people use."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from koordinering.db import db, i_dag, transaction
from koordinering.roles import Rolle
from koordinering.saker.models import Henvisning
from koordinering.tiltak.lag import services as lagene
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import KONTO_VEKTER, ORGNR_VEKTER, Lagopplysninger, kontrollsiffer
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.models import (
    Budsjett,
    Faktura,
    Formaal,
    Midleraar,
    Runde,
    Tilsagn,
    Tilskudd,
    Utbetaling,
)
from koordinering.users import Rolletildeling, User
from tests import fabrikk

KONSULENT, GODKJENNER = "inkludering1", "godkjenner1"


def nummer(nr: int, vekter: tuple[int, ...]) -> str:
    """The nr-th number that checks, from 8 on."""
    sifre = 8 * 10 ** (len(vekter) - 1) + 2 * nr
    while (siste := kontrollsiffer(str(sifre), vekter)) is None:
        sifre += 1
    return f"{sifre}{siste}"


def gjoer(tjeneste: Callable[..., Any], *ting: Any, av: User, **kw: Any) -> Any:
    """Run one service as a request would: in its own transaction, on rows read in it."""
    with transaction():
        av = db.session.get_one(User, av.id)
        rader = (db.session.get_one(type(t), _noekkel(t)) if isinstance(t, _RADER) else t for t in ting)
        return tjeneste(*rader, av=av, **kw)


_RADER = (Henvisning, Lag, Midleraar, Runde, Formaal, Budsjett, Tilskudd, Tilsagn, Faktura, Utbetaling)


def _noekkel(rad: Any) -> Any:
    return rad.aar if isinstance(rad, Midleraar) else rad.id


def opplysninger(nr: int = 1, **felt: Any) -> Lagopplysninger:
    """A club that is in order."""
    return Lagopplysninger(
        **{
            "navn": f"Turngruppa {nr}",
            "orgnr": nummer(nr, ORGNR_VEKTER),
            "kontakt": "kasserer",
            "epost": "post@lag.example",
            "telefon": None,
            "kontonummer": nummer(nr, KONTO_VEKTER),
            **felt,
        }
    )


def lag(av: User, nr: int = 1, **felt: Any) -> Lag:
    """A club."""
    return gjoer(lagene.opprett_lag, opplysninger(nr, **felt), av=av)  # type: ignore[no-any-return]


def kjent_lag(nr: int = 1) -> Lag:
    """A club whose account number a colleague of the consultant's wrote: the limit alone says who approves."""
    return lag(_kollegaen(), nr)


def _kollegaen() -> User:
    """The second consultant: the cast has one alone."""
    _gi("kultur1", Rolle.INKLUDERINGSKONSULENT, "inkluderingskonsulent")
    return fabrikk.bruker("kultur1")


def begge_roller(*brukernavn: str) -> None:
    """A small municipality: the same people are consultant and approver."""
    for navn in brukernavn:
        _gi(navn, Rolle.INKLUDERINGSKONSULENT, "inkluderingskonsulent")
        _gi(navn, Rolle.GODKJENNER, "oekonomi")


def _gi(brukernavn: str, rolle: Rolle, enhet_id: str) -> None:
    with transaction() as session:
        user = fabrikk.bruker(brukernavn)
        if rolle not in user.roller:
            session.add(Rolletildeling(user_id=user.id, rolle=rolle, enhet_id=enhet_id))


def budsjett(av: User, formaal_id: str = "enkeltplass", ramme_oere: int = 1_000_000) -> Budsjett:
    """This year's budget of a purpose."""
    aar = gjoer(services.opprett_aar, i_dag().year, av=av)
    formaal = db.session.get_one(Formaal, formaal_id)
    finnes = queries.budsjett_for(aar.aar, formaal_id)
    vist = finnes.ramme_oere if finnes else 0
    return gjoer(services.sett_ramme, aar, formaal, ramme_oere, vist_oere=vist, av=av)  # type: ignore[no-any-return]


def soeknad(av: User, laget: Lag, soekt_oere: int = 2_000_000, formaal_id: str = "inkludering") -> Tilskudd:
    """An application in this year's first round."""
    runde, formaal = queries.runder(i_dag().year)[0], db.session.get_one(Formaal, formaal_id)
    innhold = services.Soeknad(i_dag(), 12, soekt_oere)
    return gjoer(services.foer_soeknad, runde, laget, formaal, innhold, av=av)  # type: ignore[no-any-return]


def innvilget(av: User, laget: Lag, oere: int = 1_500_000, formaal_id: str = "inkludering") -> Tilskudd:
    """A grant."""
    tilskudd = soeknad(av, laget, max(oere, 1), formaal_id)
    frist = i_dag() + timedelta(days=90)
    gjoer(services.innvilg, tilskudd, oere, vilkaar=None, rapport_frist=frist, versjon=tilskudd.versjon, av=av)
    return tilskudd


def faktura(av: User, tilsagn: Tilsagn, oere: int, nr: str = "1001") -> Faktura:
    """An invoice that is due in a month."""
    return gjoer(  # type: ignore[no-any-return]
        services.foer_faktura, tilsagn, nr, oere, i_dag() + timedelta(days=30), av=av
    )


def i_morgen() -> date:
    """A day on which something can be paid."""
    return i_dag() + timedelta(days=1)


def en_av_hvert(nr: int) -> dict[str, tuple[int | str, None]]:
    """One of everything that an address of the money can name, by the address's own words."""
    konsulent, godkjenner = fabrikk.bruker(KONSULENT), fabrikk.bruker(GODKJENNER)
    laget = lag(konsulent, nr)
    budsjettet = budsjett(konsulent, "enkeltplass", 100_000_000)
    budsjett(konsulent, "inkludering", 100_000_000)
    tilsagn = gjoer(services.gi_tilsagn, budsjettet, laget, 900_000, av=konsulent)
    en = faktura(konsulent, tilsagn, 800_000)
    utbetaling = gjoer(services.betal_faktura, en, 300_000, vist_oere=en.rest_oere, av=konsulent)
    gjoer(services.godkjenn, utbetaling, av=godkjenner)
    bunt = gjoer(services.lag_bunt, av=godkjenner)
    venter = gjoer(services.betal_faktura, en, 100_000, vist_oere=en.rest_oere, av=konsulent)
    ting: dict[str, int | str] = {
        "lag_id": laget.id,
        "tilskudd_id": innvilget(konsulent, laget).id,
        "tilsagn_id": tilsagn.id,
        "faktura_id": en.id,
        "utbetaling_id": venter.id,
        "budsjett_id": budsjettet.id,
        "formaal_id": "inkludering",
        "runde_id": queries.runder(i_dag().year)[0].id,
        "nummer": bunt.nummer,
    }
    return {navn: (verdi, None) for navn, verdi in ting.items()}
