"""Every route × every role × own, other's and missing object: exactly what the role sheet says."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select, text
from werkzeug.routing import Rule

from koordinering.access import Tilgangsstyrt, can
from koordinering.audit import Innslag
from koordinering.crypto import token_hash
from koordinering.db import db, i_dag, metadata, tilfeldig_id, transaction
from koordinering.jobb import services as jobb
from koordinering.jobb.arbeider import arbeid
from koordinering.konto import services as konto
from koordinering.konto.faktor import services as faktor
from koordinering.konto.faktor.models import Passkey
from koordinering.konto.models import Okt
from koordinering.konto.oidc.models import OidcForespoersel, OidcIdentitet
from koordinering.personvern.krav import services as krav
from koordinering.personvern.krav.models import Kravdel
from koordinering.personvern.krav.rules.frist import Kravslag, Sjekk
from koordinering.plan.aktiviteter import services as aktiviteter
from koordinering.plan.aktiviteter.rules import Aktivitetsopplysninger, Aktivitetsslag, Per
from koordinering.plan.evaluering import services as evaluering
from koordinering.plan.evaluering.models import Kalenderlenke, Paaminnelse
from koordinering.plan.evaluering.rules import Konklusjon, Paaminnelsesslag, Vurderingsinnhold
from koordinering.plan.organer import services as organer
from koordinering.plan.rapport import services as rapporter
from koordinering.plan.rapport.models import Planrapport
from koordinering.plan.rullering import queries as rullering
from koordinering.plan.rullering.services import versjoner
from koordinering.plan.serier import queries as serieleser
from koordinering.plan.serier import services as serietall
from koordinering.plan.serier.rules.foering import Tall
from koordinering.roles import MATRISE, Omfang, Rettighet, Rolle
from koordinering.saker.models import Henvisning, Sak
from koordinering.statistikk import services as statistikk
from koordinering.statistikk.aapne import services as aapne
from koordinering.statistikk.aapne.rules import Lisens, Opplysninger
from koordinering.statistikk.models import Publisering
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.services import forslag
from koordinering.tiltak.klubbesoek import services as klubbesoek
from koordinering.tiltak.klubbesoek.rules import Besoekstema, Klubbesoeksopplysninger
from koordinering.tiltak.kort import services as kort
from koordinering.tiltak.kort.rules import Stedslag, Stedsopplysninger
from koordinering.tiltak.models import Tiltak
from koordinering.tiltak.moeteplass.models import Moeteplass
from koordinering.tiltak.utstyr import services as utstyrsbanken
from koordinering.users import Rolletildeling, User, kommune
from koordinering.web.gate import Krav, demand
from tests import penger
from tests.conftest import PASSORD
from tests.en_gang import alt_er_skjult
from tests.fabrikk import ALLE_ROLLER, bruker, kortaar, sak, tilbud, utlaan, utstyr
from tests.nettleser import Nettleser
from tests.saker.samordnet import notat, samordning

MANGLER = 4_000_000_000_000_000_001
UTENOM = {"konto.logg_inn", "konto.logg_ut", "drift.helse", "drift.klar", "drift.lever", "faktor.nye_koder"}
"""Open to all, or ends a session the walk rests on."""

I_SPOERRINGEN = {"tiltak.tak": "?tiltak={friplasstiltak}", "tildeling.kort_endre": "?tiltak={korttiltak}"}
"""Routes that name their measure in the query."""

MANGLER_FELT = {
    "utstyr.ny_operatoer": "the form names the unit, and is sent empty",
    "tildeling.fordel_angre": "the form names the referral, and is sent empty",
    "tildeling.fordel_gi": "the form names the referral and the offer, and is sent empty",
    "tildeling.fordel_venteliste": "the form names the referral, and is sent empty",
    "tildeling.fordel_neste": "the form names the offer, and is sent empty",
    "oidc.start": "nobody signs in elsewhere in this installation",
    "oidc.svar": "the same",
    "serier.slett": "the form names the period, and is sent empty",
}
"""Allowed and answered 404 all the same, because the object is named in the form."""

SLUPPET_INN = frozenset({200, 204, 302, 303, 409, 422})
"""Answers to somebody who may: also that the form or the moment is wrong."""

HANDLINGER_SOM_PROEVES = ("ta_imot", "venteliste", "gi", "spoer", "lever_tilbake", "avslaa", "gjenaapne")
"""Actions of the receiver, with and without a form, allowed and not in the status at hand."""


@dataclass(frozen=True)
class Eiet:
    """Something that one person alone reaches, whatever her role."""

    user_id: int | None


@dataclass(frozen=True)
class Enhetens:
    """Something that the people of one unit keep."""

    enhet_id: str


Ting = dict[str, tuple[int | str, Any]]


def _utstyr(operatoer: str) -> Ting:
    """Something lent, something held, a stock-taking and a person at the counter, of the operator's unit."""
    av = bruker(operatoer)
    ute, holdt = utstyr(av, antall=2)
    (laant,) = utlaan(av, ute)
    with transaction():
        av = bruker(operatoer)
        ting: dict[str, Any] = {
            "utstyrsenhet_id": ute,
            "utlaan_id": laant,
            "reservasjon_id": utstyrsbanken.reserver(holdt, "41234567", i_dag(), ved=None, av=av),
            "varetelling_id": utstyrsbanken.start_telling(av=av),
            "operatoer_id": utstyrsbanken.ny_operatoer(av.gjeldende[0].enhet_id, av=av),
        }
    return {navn: (rad.id, rad) for navn, rad in ting.items()} | {"maaned": (1, None), "gjoer": ("savnet", None)}


def _rader(av: str, mottaker: str, tilbyder: str, operatoer: str) -> Ting:
    """A case of one service with a referral under way and a card given, and everything an address can name."""
    familie = sak(bruker(av), tiltak=[("4a-3", 0), ("4b-2", None)], samtykker=sorted({"inkluderingskonsulent", "nav"}))
    tilbudet = tilbud(bruker(tilbyder), tiltak_id="4a-3" if tilbyder == "inkludering1" else "4b-11")
    with transaction():
        forslaget = forslag.lag_forslag(tilbudet.tiltak, [], {tilbudet.id: 1}, None, av=bruker(tilbyder))
        kortet = _henvisning(familie, "4b-2")
        tildeling.ta_imot(kortet, av=bruker("nav1"))
        gitt = tildeling.gi(kortet, av=bruker("nav1"))
        ordren = jobb.bestill("telling", {"aar": i_dag().year - (av == "nav1")}, av=bruker("koordinator1"))
    token = konto.start_okt(bruker(av).id, enhetstype="test")
    db.session.rollback()  # the session was begun in a transaction of its own
    okt = db.session.get_one(Okt, token_hash(token))
    return {
        "sak_id": (familie.id, familie),
        "barn_id": (familie.barn[0].id, familie),
        "samtykke_id": (familie.samtykker[0].id, familie),
        "henvisning_id": (_henvisning(familie, mottaker).id, _henvisning(familie, mottaker)),
        "tildeling_id": (gitt.id, kortet),
        **_samordnes(familie, av),
        "tilbud_id": (tilbudet.id, tilbudet),
        "forslag_id": (forslaget.id, forslaget),
        "jobb_id": (ordren.id, Eiet(ordren.bestilt_av)),
        "okt_id": (okt.id.hex(), Eiet(okt.user_id)),
        "publisering_id": (_publisering(), None),
        "publisering_nr": (1, None),
        "rapport_id": (_rapport(), None),
        "tabell_id": ("1-tjeneste", None),
        **_innlogging(av),
        "user_id": (bruker("ungdomsbasen1").id, None),
        "rolle_id": ((rollen := _rolle({"nav1": "nav2", "helse1": "helseleder1"}[av])).id, rollen),
        "aar": (i_dag().year, None),
        "hjemmel_id": ("samme_formaal", None),
        "kode": ("tjeneste", None),
        "papir": ("dpia", None),
        **_planen(),
        **_kravene(familie, av),
        **_hos_andre(f"hos-{av}"),
        "friplasstiltak": (tilbudet.tiltak_id, Enhetens(bruker(tilbyder).gjeldende[0].enhet_id)),
        "korttiltak": ("4b-2", None),
        **_serien(av),
        "tiltak_id": ("4b-2", db.session.get_one(Tiltak, "4b-2")),
        **_planens("tiltak1", "6-1" if av == "nav1" else "6-2"),
        "handling": ("ta_imot", None),
        "dag": (i_dag().isoformat(), None),
        **(pengene := penger.en_av_hvert(1 + (av == "nav1"))),
        **_telles("4b-5" if tilbyder == "inkludering1" else "4b-1", pengene["lag_id"][0]),
        **_utstyr(operatoer),
    }


def _planen() -> Ting:
    """The version in force, a draft of the next, and a measure of both to edit."""
    if rullering.utkast(bruker("koordinator1")) is None:
        with transaction():
            versjoner.start_utkast(av=bruker("koordinator1"))
    felter = {"hvor": "gjeldende", "skjema": "evaluering", "nytt": "tiltak", "plandel": "tiltak", "plandel_id": "4b-2"}
    return {"versjon_nr": (1, None), **{navn: (verdi, None) for navn, verdi in felter.items()}}


@dataclass(frozen=True)
class Ansvarets:
    """Something of a measure: the unit with the main responsibility reaches it."""

    enhet_id: str

    @classmethod
    def tilgangsvilkaar(cls, omfang: Omfang, enheter: frozenset[str]) -> ColumnElement[bool]:
        """No row of its own: asked one by one."""
        raise NotImplementedError

    def tilgangsenhet(self, omfang: Omfang) -> str | None:
        """The unit that answers for the measure."""
        return self.enhet_id if omfang is Omfang.ENHET else None


def _serien(av: str) -> Ting:
    """A series of one unit's measure and what was done to it last."""
    serie_id, enhet_id = {"nav1": ("I17", "fag_ouk"), "helse1": ("I20", "to_tildeling")}[av]
    with transaction():
        koordinator = bruker("koordinator1")
        serietall.foer(serie_id, Tall("2020", 20), sett=0, bekreftet=True, av=koordinator)
        endring = serieleser.historikk(koordinator, serie_id, "").side.rader[0].id
    return {"serie_id": (serie_id, Ansvarets(enhet_id)), "endring_id": (endring, None)}


def _innlogging(av: str) -> Ting:
    """A passkey of hers, and a link to a new sign-in for somebody whom nobody else in the walk makes one for."""
    with transaction():
        noekkel = Passkey(user_id=bruker(av).id, navn="x", noekkel_id=av.encode(), eier=b"", offentlig=b"", teller=0)
        db.session.add(noekkel)
        lenke = faktor.lag_lenke(bruker({"nav1": "kultur1", "helse1": "nav2"}[av]), timedelta(hours=1), av=None)
    return {"passkey_id": (noekkel.id, Eiet(noekkel.user_id)), "lenke": (lenke, None)}


def _rolle(brukernavn: str) -> Rolletildeling:
    """A right in the unit of the case: it goes with nobody whom the walk signs in as."""
    (rollen,) = bruker(brukernavn).gjeldende
    return rollen


def _kravene(familie: Sak, av: str) -> Ting:
    """A request about the case, a joint answer that its unit puts together, and the case's part of it."""
    leder = {"nav1": "navleder1", "helse1": "helseleder1"}[av]
    with transaction():
        kommune().innsyn_enhet_id = familie.enhet_id
        kravet = krav.registrer(familie, Kravslag.INNSYN, i_dag(), av=bruker(av))
        samlet = krav.be_om_deler(tilfeldig_id(), [familie.referanse], [], i_dag(), tuple(Sjekk), av=bruker(leder))
        del_ = db.session.scalars(select(Kravdel).where(Kravdel.krav_id == samlet.id)).one()
    return {"krav_id": (kravet.id, kravet), "samlet_id": (samlet.id, samlet), "del_id": (del_.id, del_)}


def _hos_andre(subjekt: str) -> Ting:
    """Somebody who waits for a role, and somebody who signs in elsewhere."""
    with transaction():
        venter = OidcForespoersel(issuer="https://nav.example", subjekt=f"{subjekt}-venter", kode=subjekt)
        kjent = OidcIdentitet(issuer="https://nav.example", subjekt=subjekt, user_id=bruker("moeteplass1").id)
        db.session.add_all([venter, kjent])
        db.session.flush()
        ider = {"forespoersel_id": (venter.id, None), "identitet_id": (kjent.id, None)}
    return {**ider, "utsteder": ("nav", None)}


def _samordnes(familie: Sak, av: str) -> Ting:
    """A consent to coordinate with the consultant, and a note where the unit writes any."""
    en = samordning(familie, av, "inkluderingskonsulent", "to_kulturskole")
    skriver = av != "helse1"
    skrevet = notat(av, en.id, "Vi snakkes", sak=familie) if skriver else tilfeldig_id()
    return {"samordning_id": (en.id, None), "notat_id": (skrevet, None)}


def _telles(tiltak_id: str, lag_id: Any) -> Ting:
    """An open offer, a venue of the card and a visit to a club."""
    moeteplass = db.session.scalars(select(Moeteplass).where(Moeteplass.tiltak_id == tiltak_id)).one()
    opplysninger = Stedsopplysninger(f"Badet {tiltak_id}", Stedslag.BAD, None, date(2020, 1, 1), None)
    besoek = Klubbesoeksopplysninger(i_dag(), lag_id, Besoekstema.FRIPLASSER, None)
    with transaction():
        sted = kort.opprett_sted("4b-2", opplysninger, av=bruker("inkludering1"))
        klubb = klubbesoek.foer(besoek, tilfeldig_id(), av=bruker("inkludering1"))
    return {
        "moeteplass_id": (moeteplass.id, moeteplass),
        "sted_id": (sted.id, None),
        "klubbesoek_id": (klubb.id, klubb),
    }


def _planens(skriver: str, tiltak_id: str) -> Ting:
    """An approved assessment, an activity, a body, a demand, an address of the calendar and a reminder."""
    innhold = Vurderingsinnhold("Gjort", "Sett", "", "Videre", "Spurt", Konklusjon.VIDEREFOERES)
    aktivitet = Aktivitetsopplysninger(i_dag(), Aktivitetsslag.SEMINAR, "Lavinntekt", None, tiltak_id)
    with transaction():
        av, koordinator = bruker(skriver), bruker("koordinator1")
        vurdering = evaluering.lagre(tiltak_id, i_dag().year, innhold, versjon=0, send=True, av=av)
        evaluering.godkjenn(vurdering, versjon=vurdering.versjon, av=koordinator)
        foert = aktiviteter.foer(aktivitet, tilfeldig_id(), av=av)
        organ = organer.lagre(None, f"Organ {tiltak_id}", [tiltak_id], versjon=0, av=koordinator)
        krav_ = aktiviteter.legg_til_krav(tiltak_id, Aktivitetsslag.KURS, 1, Per.AAR, av=koordinator)
        token = evaluering.lag_lenke("Sekretariatet", None, av=koordinator)
        paaminnelse = Paaminnelse(
            brev=tilfeldig_id(), user_id=av.id, tiltak_id=tiltak_id, aar=i_dag().year, slag=Paaminnelsesslag.SNART
        )
        db.session.add(paaminnelse)
        lenke = db.session.scalars(select(Kalenderlenke).where(Kalenderlenke.hash == token_hash(token))).one()
        return {
            "vurdering_id": (vurdering.id, vurdering),
            "aktivitet_id": (foert.id, foert),
            "organ_id": (organ.id, None),
            "krav_nr": (krav_.id, None),
            "lenke_id": (lenke.id, None),
            "token": (token, None),
            "brev": (paaminnelse.brev, None),
        }


@alt_er_skjult()  # who reaches the release is asked, and whom its pages name: no number of it answers either
def _publisering() -> int:
    """A release of this year's numbers, the same one for everybody."""
    if (finnes := db.session.scalar(select(Publisering.id))) is not None:
        return int(finnes)
    statistikk.lag_bilde(i_dag().year, i_dag(), av=None)
    with transaction():
        ny: int = statistikk.lag_utkast(i_dag().year, ["tjeneste"], av=bruker("koordinator1")).id
    with transaction():
        statistikk.bestill_kontroll(db.session.get_one(Publisering, ny), av=bruker("koordinator1"))
    arbeid(en_runde=True)
    with transaction():
        statistikk.publiser(db.session.get_one(Publisering, ny), av=bruker("koordinator2"))
    with transaction():
        aapne.lagre_opplysninger(
            Opplysninger("945578564", "Kontoret", "post@x.example", Lisens.CC0), av=bruker("koordinator1")
        )
        aapne.gjoer_aapen(db.session.get_one(Publisering, ny), av=bruker("koordinator1"))
    return ny


def _rapport() -> int:
    """A report of this year that is frozen, the same one for everybody."""
    if (finnes := db.session.scalar(select(Planrapport.id))) is not None:
        return int(finnes)
    with transaction():
        return rapporter.frys(i_dag().year, av=bruker("koordinator1")).id


def _henvisning(familie: Sak, tiltak_id: str) -> Henvisning:
    return next(h for h in familie.henvisninger if h.tiltak_id == tiltak_id)


def _verden() -> dict[str, Ting]:
    kortaar()
    with transaction():  # another equipment bank in the same municipality
        annen = [(Rolle.UTSTYRSOPERATOER, "to_kultur_fritid")]
        konto.lag_bruker("annen1", "Utstyrsbanken 2", PASSORD, annen, av=None, demo=True)
    return {
        "navs": _rader("nav1", "4a-3", "inkludering1", "fretex1"),
        "helsestasjonens": _rader("helse1", "4b-2", "kulturskole1", "annen1"),
    }


def _regler(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods or ())))


def test_every_route_states_its_demand(app: Flask) -> None:
    uten = [r.endpoint for r in _regler(app) if not demand(app, r.endpoint)]
    assert uten == []


def test_only_these_are_open_without_signing_in(app: Flask) -> None:
    aapne = {r.endpoint for r in _regler(app) if Krav.AAPEN in demand(app, r.endpoint)}
    doeren = {"konto.logg_inn", "faktor.passkey_start", "faktor.passkey_inn", "faktor.gjenopprett"}
    hos_andre = {"oidc.start", "oidc.svar", "oidc.venter"}
    filer = {f"aapnedata.{navn}" for navn in ("jsonstat", "csv", "turtle", "jsonld")}
    data = {f"aapnedata.{navn}" for navn in ("indeks", "publisering", "tabell")} | filer
    api = {f"aapnedata.api_{navn}" for navn in ("indeks", "tabell", "metadata", "data")}
    hemmelig = {"evaluering.kalenderfil"}  # the address itself is the secret
    alle = {"drift.helse", "drift.klar", "drift.lever", "papirer.familieside"}
    assert aapne == alle | doeren | hos_andre | hemmelig | data | api


def test_nobody_gets_in_without_a_session(app: Flask) -> None:
    verden = _verden()
    for regel, url in _adresser(app, verden["navs"]):
        if Krav.AAPEN in demand(app, regel.endpoint):
            continue
        for metode in sorted((regel.methods or set()) - {"HEAD", "OPTIONS"}):
            svar = Nettleser(app)._kjoer(metode, url)
            if Krav.MASKIN in demand(app, regel.endpoint):
                assert svar.status_code == 404, (metode, url, svar.status_code)
                continue
            assert svar.status_code in {302, 303}, (metode, url, svar.status_code)
            assert svar.location.startswith("/logg-inn"), (metode, url)


def _adresser(app: Flask, ting: Ting) -> list[tuple[Rule, str]]:
    ut = []
    for regel in _regler(app):
        with app.test_request_context(base_url="http://localhost"):
            verdier: dict[str, Any] = {navn: ting[navn][0] for navn in regel.arguments}
            metode = next(iter(regel.methods or {"GET"}))
            sti = app.url_for(regel.endpoint, _method=metode, **verdier)
            resten = I_SPOERRINGEN.get(regel.endpoint, "").format_map({n: verdi for n, (verdi, _) in ting.items()})
            ut.append((regel, sti + resten))
    return ut


def _med_handlinger(adresser: list[tuple[Rule, str]], ting: Ting) -> list[tuple[Rule, str]]:
    """The action route once for each of several actions; a missing referral needs only one."""
    ut = []
    for regel, url in adresser:
        valgte = HANDLINGER_SOM_PROEVES if "handling" in regel.arguments and ting["handling"][0] == "ta_imot" else ()
        ut += [(regel, url.removesuffix("ta_imot") + valgt) for valgt in valgte] or [(regel, url)]
    return ut


def _skal_slippe_inn(app: Flask, user: User, regel: Rule, ting: Ting) -> bool:
    krav = demand(app, regel.endpoint)
    if {Krav.INNLOGGET, Krav.AAPEN, Krav.HALVT} & set(krav):
        rader = [ting[navn][1] for navn in regel.arguments]
        return all(not isinstance(rad, Eiet) or rad.user_id == user.id for rad in rader)
    if regel.endpoint == "tiltak.tak" and isinstance(eget := ting["friplasstiltak"][1], Enhetens):
        mine = {r.enhet_id for r in user.gjeldende if Rettighet.TILBUD_ENDRE in MATRISE[r.rolle]}
        return eget.enhet_id in mine
    rader = [ting[navn][1] for navn in regel.arguments if isinstance(ting[navn][1], Tilgangsstyrt)]
    return any(
        can(user, rett) and all(can(user, rett, rad) for rad in rader) for rett in krav if isinstance(rett, Rettighet)
    )


_TABELLER = sorted(set(metadata.tables) - {"innsynslogg", "okt", "grense"})
_ANTALL = text("SELECT " + ", ".join(f"(SELECT count(*) FROM {navn})" for navn in _TABELLER))  # noqa: S608 - our own names


def _spor() -> dict[str, int]:
    """How many rows each table holds, but for what a refusal itself may leave."""
    db.session.rollback()
    return dict(zip(_TABELLER, db.session.execute(_ANTALL).one(), strict=True))


UTEN_RADER = {"godkjenner1", "moeteplass1", "tiltak1", "koordinator1", "system1", "ombud1"}
"""Whose role decides without asking for a row: no database can answer them differently."""


ALT = "nav1"
"""Whoever is refused by the sheet alone is refused the same whatever is named: each route is tried on one row of each
role, and on somebody else's and on a missing one too by this person."""


@pytest.mark.parametrize(
    "hvem", [pytest.param(hvem, marks=[pytest.mark.bare_sqlite] * (hvem in UTEN_RADER)) for hvem in ALLE_ROLLER]
)
def test_the_sheet_decides(app: Flask, folk: Any, hvem: str, database: str) -> None:
    verden = _verden()
    verden["ingens"] = {
        navn: (MANGLER if isinstance(verdi, int) else "finnes-ikke", None)
        for navn, (verdi, _) in verden["navs"].items()
    }
    user: User = getattr(folk, hvem)
    nettleser = Nettleser(app).som(user)
    if database == "postgresql":
        # Whether a row is reached is the query's doing, and one service's rows tell that.
        del verden["navs"]
    slipper_inn: list[tuple[Rule, str]] = []
    nektes: list[tuple[Rule, str]] = []
    for relasjon, ting in verden.items():
        for regel, url in _med_handlinger(_adresser(app, ting), ting):
            if regel.endpoint in UTENOM or (relasjon != "navs" and not _navngir(regel)):
                continue
            if relasjon != "navs" and hvem != ALT and not _kan_noe(app, user, regel):
                continue
            slipper = relasjon != "ingens" or not _navngir(regel)
            inn = slipper and _skal_slippe_inn(app, user, regel, ting)
            (slipper_inn if inn else nektes).append((regel, url))
    foer = _spor()
    for regel, url in nektes:
        _proev(nettleser, regel, url, frozenset({404}))
    assert _spor() == foer, "something refused wrote a row all the same"
    for regel, url in slipper_inn:
        _proev(nettleser, regel, url, SLUPPET_INN | ({404} if regel.endpoint in MANGLER_FELT else set()))


def _kan_noe(app: Flask, user: User, regel: Rule) -> bool:
    """Somebody with her roles may do it to something: the answer rests on the row that is named."""
    krav = demand(app, regel.endpoint)
    return any(not isinstance(rett, Rettighet) or can(user, rett) for rett in krav)


def _navngir(regel: Rule) -> bool:
    """The address names something that may be another's or missing."""
    return bool(regel.arguments) or regel.endpoint == "tiltak.tak"


def _proev(nettleser: Nettleser, regel: Rule, url: str, ventet: Set[int]) -> None:
    metoder = regel.methods or set()
    if "GET" in metoder:
        assert (svar := nettleser.se(url).status_code) in ventet, ("GET", url, svar)
    if "POST" in metoder:
        assert (svar := nettleser.send(url).status_code) in ventet, ("POST", url, svar)


def test_denials_are_logged(app: Flask, folk: Any) -> None:
    Nettleser(app).som(folk.fretex1).se("/saker")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Innslag).where(Innslag.hva == "nektet")) == 1


def test_every_role_is_in_the_cast(folk: Any) -> None:
    assert {rolle for navn in ALLE_ROLLER for rolle in getattr(folk, navn).roller} == set(MATRISE)
