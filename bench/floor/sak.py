"""One case: opened, logged, with everything that its page shows."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from flask import abort, render_template
from markupsafe import Markup, escape

from bench.floor.basen import hull, som_dag, som_liste, som_tid
from bench.floor.rammen import Gulvet, Meg, i_dag, tidspunkt
from koordinering import crypto
from koordinering.roles import MATRISE, Rettighet
from koordinering.saker.routes.visning import hvem_det_gjelder
from koordinering.saker.rules.behov import (
    Behov,
    Grunnlag,
    JaNeiVetIkke,
    Kjoenn,
    Opplysning,
    SamtykkeFra,
    Samtykkemaate,
    Spoersmaal,
    Spurt,
    Svar,
)
from koordinering.saker.rules.overganger import GRUNNER, Avslagsgrunn, Part, Status, lovlige
from koordinering.saker.rules.samtykke import tilstand
from koordinering.saker.services.henvisning import KAN_RETTES
from koordinering.tekst import Kode
from koordinering.tiltak.rules import Aktivitet

_SAK = """SELECT s.id, s.referanse, s.enhet_id, s.ansvarlig_id, s.opprettet, s.i_maalgruppe, s.egen_referanse,
    e.kortnavn, u.visningsnavn FROM sak s JOIN enhet e ON e.id = s.enhet_id JOIN user_konto u ON u.id = s.ansvarlig_id
    WHERE s.id = ? AND s.enhet_id = ? AND s.begrenset IS NULL"""
_HENVISNINGER = """SELECT h.id, h.status, h.startet, h.synlig, h.mottaker_id, h.sendt, h.grunn, h.beskjed_siden,
    h.beskjed_gitt, h.spoersmaal, h.svar_innen, t.kortnavn, t.enkeltvedtak, e.kortnavn, b.lopenummer, b.foedselsaar
    FROM henvisning h JOIN tiltak t ON t.id = h.tiltak_id LEFT JOIN enhet e ON e.id = h.mottaker_id
    LEFT JOIN barn b ON b.id = h.barn_id WHERE h.sak_id = ? ORDER BY h.opprettet, h.id"""
_HENDELSER = """SELECT x.henvisning_id, x.tid, x.user_id, u.visningsnavn, x.slag, x.til, x.grunn, x.svar
    FROM hendelse x LEFT JOIN user_konto u ON u.id = x.user_id
    WHERE x.henvisning_id IN (SELECT id FROM henvisning WHERE sak_id = ?) ORDER BY x.tid, x.id"""
_SAKEN = """SELECT x.tid, x.user_id, u.visningsnavn, x.slag FROM sakshendelse x
    LEFT JOIN user_konto u ON u.id = x.user_id WHERE x.sak_id = ? ORDER BY x.tid, x.id"""
_SAMTYKKER = """SELECT x.id, x.mottaker_id, e.kortnavn, x.grunnlag, x.maate, x.fra, x.opplysninger, x.gjelder, x.gitt,
    x.gyldig_til, x.trukket, h.tekst, h.gyldig_fra, h.gyldig_til FROM samtykke x JOIN enhet e ON e.id = x.mottaker_id
    LEFT JOIN hjemmel h ON h.id = x.hjemmel_id WHERE x.sak_id = ? ORDER BY x.id"""
_BARN = """SELECT b.id, b.lopenummer, b.foedselsaar, b.kjoenn, b.deltar, b.spurt, o.aktivitet FROM barn b
    LEFT JOIN oenske o ON o.barn_id = b.id WHERE b.sak_id = ? ORDER BY b.lopenummer, o.rekkefoelge"""
_SAMORDNINGER = """SELECT m.id FROM samordning m WHERE m.sak_id = ? OR (m.trukket IS NULL AND m.gitt <= ? AND
    m.gyldig_til >= ? AND m.id IN (SELECT n.samordning_id FROM samordning_barn n JOIN barn a ON a.id = n.barn_id
    JOIN barn d ON d.blindindeks = a.blindindeks WHERE d.sak_id = ?))"""
_REGISTRERER = tuple(rolle.value for rolle, rettigheter in MATRISE.items() if Rettighet.SAK_REGISTRER in rettigheter)
_KOLLEGER = f"""SELECT u.id, u.visningsnavn FROM user_konto u WHERE NOT u.laast AND EXISTS (
    SELECT 1 FROM rolletildeling r WHERE r.user_id = u.id AND r.enhet_id = ? AND r.rolle IN ({hull(len(_REGISTRERER))})
    AND r.fra <= ? AND (r.til IS NULL OR r.til >= ?)) ORDER BY u.visningsnavn, u.id"""
_TITLER = {
    "rettet": "Rettet", "beskjed": "Familien har fått beskjed", "gitt": "Gitt", "flyttet": "Flyttet i køen",
    "tilbudt": "Tilbudt plass med svarfrist", "takket_ja": "Takket ja til plassen",
    "registrert": "Saken ble registrert",
    "takket_nei": "Takket nei til plassen", "tilbud_utloept": "Svarfristen gikk ut",
    "tilbud_trukket": "Tilbudet om plass ble trukket", "angret": "Tildelingen ble angret",
    "samtykke": "Samtykke eller hjemmel ble registrert", "samtykke_trukket": "Samtykket ble trukket",
    "overlevert": "Saken ble overlevert til en kollega",
}  # fmt: skip
_GITT = frozenset({Status.INNVILGET, Status.I_GANG, Status.AVSLUTTET})
_SVAR = SimpleNamespace(svar=SimpleNamespace(choices=[(svar.value, svar.tekst) for svar in Svar]))


def vis(gulvet: Gulvet, sak_id: int) -> str:
    """The page of a case that one is responsible for."""
    meg, basen = gulvet.hvem(), gulvet.basen
    rader = basen.les(_SAK, sak_id, meg.enhet)
    if not rader or rader[0][3] != meg.id:
        abort(404)
    gulvet.lest(meg, "sak_lest", "sak", sak_id)
    dag = basen.dag(i_dag())
    sak = _sak(gulvet, rader[0])
    samtykker = [_samtykke(rad) for rad in basen.les(_SAMTYKKER, sak_id)]
    henvisninger, historikk, hatt = _henvisninger(gulvet, sak_id)
    saken = [_linje(tid, user, navn, _TITLER[slag], "") for tid, user, navn, slag in basen.les(_SAKEN, sak_id)]
    if basen.les(_SAMORDNINGER, sak_id, dag, dag, sak_id):
        raise NotImplementedError("the floor shows no coordination: measure another case")
    kolleger = [k for k in basen.les(_KOLLEGER, meg.enhet, *_REGISTRERER, dag, dag) if k[0] != rader[0][3]]
    grunnlag = [
        (
            s,
            tilstand(trukket=s.trukket is not None, fra=s.virker, til=s.slutter, dag=i_dag()),
            s.slutter,
            hvem_det_gjelder(s.gjelder, sak.barn),
        )
        for s in samtykker
    ]
    staar = {s.mottaker_id for s, naa, *_ in grunnlag if naa.tillater}
    if any(h.status is Status.VENTER_SAMTYKKE and h.mottaker_id in staar for h in henvisninger):
        raise NotImplementedError("the floor does not ask whose consent it is: measure another case")
    if all(h.status is Status.UTKAST for h in henvisninger):
        raise NotImplementedError("the floor does not know when a draft goes: measure another case")
    return render_template(
        "saker/vis.html",
        sak=sak,
        egen_referanse=sak.egen_referanse,
        har_kode=False,
        holdetekst=None,
        henvisninger=henvisninger,
        handlinger={h.id: _handlinger(meg, h) for h in henvisninger},
        historikk=historikk,
        saken=saken,
        grunntekst=_grunntekst,
        opplysninger=list(Opplysning),
        grunnlag=grunnlag,
        kan_slettes=not hatt and not any(h.status in _GITT or h.startet or h.svar_innen for h in henvisninger),
        slettes=None,
        svar=_SVAR,
        samordninger=[],
        avtalt={},
        samtykker_til_samordning=[],
        overlever=_Overlever(kolleger),
        **gulvet.paa_siden(meg),
    )


def _sak(gulvet: Gulvet, rad: Any) -> SimpleNamespace:
    id_, referanse, _, _, opprettet, i_maalgruppe, forseglet, enhet, ansvarlig = rad
    barn: dict[int, SimpleNamespace] = {}
    for barn_id, nr, aar, kjoenn, deltar, spurt, aktivitet in gulvet.basen.les(_BARN, id_):
        if barn_id not in barn:
            barn[barn_id] = SimpleNamespace(
                id=barn_id, lopenummer=nr, foedselsaar=aar, kjoenn=Kjoenn(kjoenn) if kjoenn else None,
                deltar=JaNeiVetIkke(deltar), spurt=Spurt(spurt), oensker=[],
            )  # fmt: skip
        if aktivitet:
            barn[barn_id].oensker.append({"aktivitet": Aktivitet(aktivitet)})
    behov = gulvet.basen.les("SELECT behov FROM sak_behov WHERE sak_id = ? ORDER BY behov", id_)
    return SimpleNamespace(
        id=id_, referanse=referanse, opprettet=som_tid(opprettet), i_maalgruppe=i_maalgruppe,
        egen_referanse=_aapne(gulvet, id_, forseglet), enhet={"kortnavn": enhet}, ansvarlig={"visningsnavn": ansvarlig},
        barn=list(barn.values()), behov=[{"behov": Behov(b)} for (b,) in behov], holdes_til=None,
    )  # fmt: skip


def _aapne(gulvet: Gulvet, sak_id: int, forseglet: bytes | None) -> str | None:
    if forseglet is None:
        return None
    tabell = "noekkel" if gulvet.lager.sqlite else "noekkellager.noekkel"
    rader = gulvet.lager.les(f"SELECT innpakket FROM {tabell} WHERE tabell = 'sak' AND rad = ?", sak_id)
    noekler = crypto.gjeldende()
    return crypto.dekrypter(
        noekler, rader[0][0], forseglet, sak_id=sak_id, tabell="sak", kolonne="egen_referanse", rad=sak_id
    )


def _henvisninger(gulvet: Gulvet, sak_id: int) -> tuple[list[SimpleNamespace], dict[int, list[dict[str, str]]], bool]:
    """The referrals, the history of each, and whether any was ever started."""
    historikk, hatt = defaultdict(list), False
    for id_, tid, user, navn, slag, til, grunn, svar in gulvet.basen.les(_HENDELSER, sak_id):
        hatt = hatt or (slag == "status" and til in ("i_gang", "avsluttet"))
        historikk[id_].append(_linje(tid, user, navn, *_hendelse(slag, til, grunn, svar)))
    ut = []
    for rad in gulvet.basen.les(_HENVISNINGER, sak_id):
        h = SimpleNamespace(
            id=rad[0], sak_id=sak_id, status=Status(rad[1]), startet=rad[2], synlig=rad[3], mottaker_id=rad[4],
            sendt=som_tid(rad[5]) if rad[5] else None, grunn=rad[6], beskjed_siden=rad[7],
            beskjed_gitt=som_tid(rad[8]) if rad[8] else None, spoersmaal=Spoersmaal(rad[9]) if rad[9] else None,
            svar_innen=som_tid(rad[10]) if rad[10] else None, tiltak={"kortnavn": rad[11]}, enkeltvedtak=bool(rad[12]),
            mottaker={"kortnavn": rad[13]} if rad[13] else None,
            barn={"lopenummer": rad[14], "foedselsaar": rad[15]} if rad[14] else None,
        )  # fmt: skip
        ut.append(h)
    return ut, historikk, hatt


def _handlinger(meg: Meg, h: SimpleNamespace) -> frozenset[str]:
    if "henvisning:registrer" not in meg.rettigheter:
        return frozenset()
    maal = lovlige(h.status, Part.HENVISER, enkeltvedtak=h.enkeltvedtak, startet=bool(h.startet))
    klar = h.status is not Status.VENTER_SAMTYKKE
    vilkaar = {
        "send": Status.SENDT in maal and klar,
        "slett_utkast": h.status is Status.UTKAST,
        "rett": h.status in KAN_RETTES,
        "svar": h.status is Status.PAA_VENT and h.spoersmaal is not None,
        "trekk": Status.TRUKKET in maal,
        "paaklag": Status.PAAKLAGET in maal and h.synlig,
        "beskjed": h.beskjed_siden is not None,
    }
    return frozenset(handling for handling, kan in vilkaar.items() if kan)


def _samtykke(rad: Any) -> SimpleNamespace:
    id_, mottaker_id, kortnavn, grunnlag, maate, fra, opplysninger, gjelder, *rad = rad
    gitt, til, trukket, hjemmel, h_fra, h_til = rad
    gitt, ender = som_dag(gitt), [som_dag(dag) for dag in (til, h_til) if dag is not None]
    return SimpleNamespace(
        id=id_, mottaker_id=mottaker_id, mottaker={"kortnavn": kortnavn}, grunnlag=Grunnlag(grunnlag),
        maate=Samtykkemaate(maate) if maate else None, fra=SamtykkeFra(fra) if fra else None,
        opplysninger=som_liste(opplysninger), gitt=gitt, trukket=som_tid(trukket) if trukket else None,
        hjemmel={"tekst": hjemmel} if hjemmel else None, virker=max(gitt, som_dag(h_fra)) if hjemmel else gitt,
        slutter=min(ender, default=None), gjelder=None if gjelder is None else som_liste(gjelder),
    )  # fmt: skip


def _linje(tid: Any, user: int | None, navn: str | None, tittel: str, tekst: str) -> dict[str, str]:
    naar = som_tid(tid)
    hvem = (navn or "") if user is not None else "Koordinering"
    return {"tid": tidspunkt(naar), "iso": naar.isoformat(), "tittel": tittel, "hvem": hvem, "tekst": tekst}


def _hendelse(slag: str, til: str | None, grunn: str | None, svar: str | None) -> tuple[str, str]:
    if slag == "status":
        return Status(til or "").tekst, _grunntekst(til, grunn)
    if slag == "spurt":
        return "Mottakeren spurte", Spoersmaal(til or "").tekst
    if slag == "svart":
        return "Svarte mottakeren", Svar(svar or "").tekst
    return _TITLER[slag], f"Nummer {til}" if til and slag not in ("flyttet", "beskjed") else ""


def _grunntekst(status: str | None, grunn: str | None) -> str:
    if not grunn or status is None or (slag := GRUNNER.get(Status(status))) is None:
        return ""
    if slag is Avslagsgrunn:
        return Avslagsgrunn(grunn).for_henviser
    kode: Kode = slag(grunn)
    return kode.tekst


class _Overlever:
    """The form that hands a case over, as far as the templates ask."""

    def __init__(self, kolleger: list[Any]) -> None:
        self.til = _Velger([(str(id_), navn) for id_, navn in kolleger])

    def __iter__(self) -> Any:
        return iter((self.til,))


class _Velger:
    """A list to choose from, written as WTForms writes it."""

    id = name = "til"
    type = "SelectField"
    description, errors = "", ()
    label, flags, widget = SimpleNamespace(text="Kollega"), SimpleNamespace(required=True), SimpleNamespace()

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        self.choices = choices

    def __call__(self, **_attr: str) -> Markup:
        valg = "".join(f'<option value="{escape(verdi)}">{escape(tekst)}</option>' for verdi, tekst in self.choices)
        return Markup(f'<select class="ds-input" id="til" name="til" required>{valg}</select>')  # noqa: S704 - escaped
