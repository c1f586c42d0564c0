"""The made-up town is whole: its rules hold, its stock adds up, and the same seed makes the same town."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from koordinering.audit import Innslag
from koordinering.db import OSLO, Base, db
from koordinering.fritekst import navnelike
from koordinering.fritekst.sifre import har_identitetsnummer as finn_i_tekst
from koordinering.plan.aktiviteter.models import Aktivitet
from koordinering.plan.aktiviteter.queries import opptelling
from koordinering.plan.aktiviteter.rules import Aktivitetsopplysninger, sjekk_aktivitet
from koordinering.plan.evaluering.models import Vurdering
from koordinering.plan.evaluering.rules import Vurderingsstatus, innhold_av, krev_hel, sjekk_innhold
from koordinering.saker.models import Barn, Hendelse, Henvisning, Oenske, Sak, SakBehov, Sakshendelse, Samtykke
from koordinering.saker.rules.familier import familier
from koordinering.saker.rules.overganger import Part, Status, sjekk
from koordinering.saker.rules.samtykke import hvem_kan_samtykke, sjekk_hvem
from koordinering.saker.samordning import queries, services
from koordinering.saker.samordning.models import Samordning, Samordningsavtale, Samordningsnotat
from koordinering.saker.services import les_egen_referanse
from koordinering.statistikk.models import Oeyeblikksbilde
from koordinering.statistikk.services import eksporter
from koordinering.tildeling.models import Forslag, Tildeling
from koordinering.tildeling.rules import TELLER_MOT_TAK
from koordinering.tildeling.rules.runde import Forslagsstatus
from koordinering.tiltak.foering.rules import sjekk_tall
from koordinering.tiltak.klubbesoek.models import Klubbesoek
from koordinering.tiltak.klubbesoek.rules import Klubbesoeksopplysninger, sjekk_besoek
from koordinering.tiltak.kort.models import Kortbesoek
from koordinering.tiltak.kort.rules import maaneder_i_bruk
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import sjekk_orgnr
from koordinering.tiltak.models import Beholdning, Kortaar, Plass, Tilbud, Tiltak
from koordinering.tiltak.moeteplass.models import Moeteplass, Moeteplassretting, Moeteplasstall
from koordinering.tiltak.moeteplass.rules import sjekk_dag, ukedag
from koordinering.tiltak.oppfoelging.rules import Deltakelse, sjekk_deltakelse
from koordinering.tiltak.queries import ledighet
from koordinering.tiltak.rules import Beholdningsslag, Plasstilstand, alder_ved
from koordinering.users import Enhet, User, kommune

pytestmark = pytest.mark.bare_sqlite
"""Every row is drawn in Python: test_samme_rader.py and test_avbrutt.py show that each database takes them."""

DAG = date(2026, 11, 23)
_TABELLER: tuple[type[Base], ...] = (
    Sak,
    SakBehov,
    Barn,
    Oenske,
    Samtykke,
    Henvisning,
    Hendelse,
    Sakshendelse,
    Tildeling,
    Beholdning,
    Plass,
    Kortaar,
    Tilbud,
    Innslag,
)


def test_a_year_is_about_a_hundred_families_and_two_hundred_children(by: Flask) -> None:
    for aar in (2024, 2025):
        sendt = [h for h in db.session.scalars(select(Henvisning)) if h.opprettet.year == aar]
        saker = {h.sak_id for h in sendt}
        barn: dict[int, list[bytes]] = defaultdict(list)
        uten: Counter[int] = Counter()
        for rad in db.session.scalars(select(Barn).where(Barn.sak_id.in_(saker))):
            barn[rad.sak_id] += [rad.blindindeks] if rad.blindindeks else []
            uten[rad.sak_id] += rad.blindindeks is None
        assert 85 <= len(familier(barn, uten)) <= 115
        assert 160 <= len({b for en in barn.values() for b in en}) + sum(uten.values()) <= 260
        assert uten.total() > 0, "some stand unlinked"
        assert {h.opprettet.month for h in sendt} == set(range(1, 13))


def test_every_status_is_in_use_and_work_waits_everywhere(by: Flask) -> None:
    statuser = Counter(db.session.scalars(select(Henvisning.status)))
    assert set(statuser) == set(Status)
    kort = ledighet()["4b-2"]
    assert 0 < kort.ledig < kort.antall == 40
    assert ledighet()["4a-3"].ledig > 0, "there is something to give to those who wait"
    mottatt = select(Henvisning.mottaker_id).where(Henvisning.status.in_([Status.SENDT, Status.UNDER_BEHANDLING]))
    assert {"inkluderingskonsulent", "to_kulturskole"} <= set(db.session.scalars(mottatt))
    assert db.session.scalar(select(func.count()).where(Henvisning.beskjed_siden.is_not(None)))
    assert db.session.scalar(select(func.count()).where(Henvisning.spoersmaal.is_not(None)))
    assert db.session.scalar(select(func.count()).where(Samtykke.trukket.is_not(None)))
    ventet_paa_kort = select(func.count(Hendelse.id)).join(Henvisning, Henvisning.id == Hendelse.henvisning_id)
    assert db.session.scalar(ventet_paa_kort.where(Henvisning.tiltak_id == "4b-2", Hendelse.til == "venteliste"))


def test_every_transition_is_one_that_the_rules_allow(by: Flask) -> None:
    tiltak = {t.id: t for t in db.session.scalars(select(Tiltak))}
    hendelser: dict[int, list[Hendelse]] = defaultdict(list)
    for hendelse in db.session.scalars(select(Hendelse).order_by(Hendelse.tid, Hendelse.id)):
        hendelser[hendelse.henvisning_id].append(hendelse)
    for h in db.session.scalars(select(Henvisning)):
        staar = Status.UTKAST
        for hendelse in hendelser[h.id]:
            if hendelse.slag != "status":
                continue
            fra, til = Status(hendelse.fra or ""), Status(hendelse.til or "")
            assert fra is staar
            # sending on makes the linked referral already sent
            if (fra, til) != (Status.UTKAST, Status.SENDT) or h.videresendt_fra_id is None:
                _lovlig(fra, til, tiltak[h.tiltak_id].enkeltvedtak, hendelse)
            staar = til
        assert h.status is staar
        assert (h.sendt is not None) == (staar not in {Status.UTKAST, Status.VENTER_SAMTYKKE, Status.VIST_TIL}) or (
            staar is Status.TRUKKET
        )


def _lovlig(fra: Status, til: Status, enkeltvedtak: bool, hendelse: Hendelse) -> None:
    """Some side may take the step, with this reason. UGYLDIG raises."""
    feil: list[Exception] = []
    for part in Part:
        try:
            sjekk(fra, til, part, enkeltvedtak=enkeltvedtak, startet=fra is Status.I_GANG, grunn=hendelse.grunn)
        except Exception as en:
            feil.append(en)
        else:
            return
    raise AssertionError((fra, til, hendelse.grunn)) from feil[-1]


def test_the_stock_adds_up_and_agrees_with_what_is_given(by: Flask) -> None:
    aapne = {t.plass_id: t for t in db.session.scalars(select(Tildeling).where(Tildeling.slutt.is_(None)))}
    plasser = list(db.session.scalars(select(Plass)))
    for plass in plasser:
        assert (plass.tilstand is Plasstilstand.OPPTATT) == (plass.id in aapne)
    antall = Counter(p.beholdning_id for p in plasser)
    for beholdning in db.session.scalars(select(Beholdning)):
        assert beholdning.antall == antall[beholdning.id]
    for tildeling in db.session.scalars(select(Tildeling)):
        assert (tildeling.slutt is None) == (tildeling.henvisning.status in {Status.INNVILGET, Status.I_GANG}) or (
            tildeling.slutt is not None
        )
    stengt = {k.aar: k.stengt is not None for k in db.session.scalars(select(Kortaar))}
    assert stengt == {2024: True, 2025: True, 2026: False}


def test_ceilings_ages_and_seasons_are_kept(by: Flask) -> None:
    tilbud = {t.beholdning_id: t for t in db.session.scalars(select(Tilbud))}
    kort: Counter[tuple[int, str, int]] = Counter()
    familie = {sak: nr for nr, gruppe in enumerate(_familiene()) for sak in gruppe}
    for tildeling in db.session.scalars(select(Tildeling)):
        h, plass = tildeling.henvisning, tildeling.plass
        if plass is None:
            continue
        if plass.beholdning.slag is Beholdningsslag.KORT:
            kort[familie[h.sak_id], h.avsender_id, tildeling.aar] += tildeling.tilstand in TELLER_MOT_TAK
            continue
        tilbudet = tilbud[plass.beholdning_id]
        assert h.barn is not None
        assert tilbudet.alder_fra <= alder_ved(tilbudet.sesong_fra.year, h.barn.foedselsaar) <= tilbudet.alder_til
        assert tildeling.gitt.date() <= tilbudet.sesong_til
        assert tildeling.aar == tilbudet.sesong_fra.year
    assert max(kort.values()) == 1  # one for each service's case: whoever hands out registers too


def _familiene() -> list[frozenset[int]]:
    lenker: dict[int, list[bytes]] = defaultdict(list)
    uten: Counter[int] = Counter()
    for barn in db.session.scalars(select(Barn)):
        lenker[barn.sak_id] += [barn.blindindeks] if barn.blindindeks else []
        uten[barn.sak_id] += barn.blindindeks is None
    return familier(lenker, uten)


def test_families_are_known_to_several_services_and_children_have_two_homes(by: Flask) -> None:
    enheter: dict[bytes, list[tuple[str, int, int]]] = defaultdict(list)
    for barn in db.session.scalars(select(Barn).where(Barn.blindindeks.is_not(None))):
        enheter[barn.blindindeks or b""].append((barn.sak.enhet_id, barn.sak_id, barn.foedselsaar))
    assert {len({enhet for enhet, _, _ in saker}) for saker in enheter.values()} >= {1, 2, 3}
    assert all(len({aar for _, _, aar in saker}) == 1 for saker in enheter.values()), "one child, one birth year"
    familie = {sak: nr for nr, gruppe in enumerate(_familiene()) for sak in gruppe}
    assert any(len({familie[sak] for _, sak, _ in saker}) == 2 for saker in enheter.values()), "two homes"
    for sak in db.session.scalars(select(Sak)):
        like = Counter(barn.blindindeks for barn in sak.barn if barn.blindindeks)
        assert all(antall == 1 for antall in like.values())
    aarene = db.session.execute(select(Henvisning.sak_id, Henvisning.opprettet))
    per_sak: dict[int, set[int]] = defaultdict(set)
    for sak_id, tid in aarene:
        per_sak[sak_id].add(tid.year)
    assert any(len(aar) >= 2 for aar in per_sak.values()), "families come back"


def test_nothing_is_sent_to_another_unit_without_consent_or_authority(by: Flask) -> None:
    for h in db.session.scalars(select(Henvisning).where(Henvisning.sendt.is_not(None))):
        if h.mottaker_id != h.avsender_id:
            foer = [s for s in h.sak.samtykker if s.mottaker_id == h.mottaker_id and s.gitt <= h.opprettet.date()]
            senere = [s for s in h.sak.samtykker if s.mottaker_id == h.mottaker_id]
            assert foer or (senere and min(s.gitt for s in senere) <= (h.sendt or h.opprettet).date())
        trukket = [s for s in h.sak.samtykker if s.mottaker_id == h.mottaker_id and s.trukket is not None]
        assert h.synlig or trukket


def test_everything_happened_in_working_hours_and_before_today(by: Flask) -> None:
    for tid in db.session.scalars(select(Hendelse.tid)):
        lokal = tid.astimezone(OSLO)
        assert lokal.weekday() < 5
        assert 8 <= lokal.hour < 16
        assert lokal.date() < DAG
    assert max(db.session.scalars(select(Innslag.tid).where(Innslag.gjelder == "sak"))).date() < DAG


def test_a_snapshot_of_each_year_is_the_last_thing(by: Flask) -> None:
    bilder = {(b.aar, b.dato): b.saker for b in db.session.scalars(select(Oeyeblikksbilde))}
    assert set(bilder) == {(2024, date(2024, 12, 31)), (2025, date(2025, 12, 31)), (2026, DAG)}
    assert all(bilder.values())


def test_no_text_looks_like_a_name_or_a_number(by: Flask) -> None:
    tekster: set[str] = set()
    for modell in _TABELLER:
        for rad in db.session.execute(select(modell.__table__)).mappings():
            tekster |= {verdi for verdi in rad.values() if isinstance(verdi, str)}
    egne = {les_egen_referanse(sak) for sak in db.session.scalars(select(Sak))} - {None}
    assert egne
    assert all(re.fullmatch(r"\d\d-\d{4}", en or "") for en in egne)
    assert not [t for t in tekster if finn_i_tekst(t)]
    # two capitalised words side by side is how a person's name is written
    navnelike = {t for t in tekster if re.search(r"\b[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ][a-zæøå]+", t)}
    assert navnelike <= {"Plan B"}


def test_nothing_is_left_open_of_the_units(by: Flask) -> None:
    """The town names only units and measures that are there, and health has written no text."""
    assert {sak.enhet_id for sak in db.session.scalars(select(Sak))} == {
        enhet.id for enhet in db.session.scalars(select(Enhet).where(Enhet.henviser))
    }
    assert not db.session.scalar(select(func.count()).where(Hendelse.fritekst.is_not(None)))


def test_the_counts_of_the_open_offers_are_what_the_services_would_take(by: Flask) -> None:
    for moeteplass in db.session.scalars(select(Moeteplass)):
        grupper = [gruppe.id for gruppe in moeteplass.grupper]
        tall = db.session.scalars(select(Moeteplasstall).where(Moeteplasstall.gruppe_id.in_(grupper))).all()
        dager: dict[date, list[int | None]] = defaultdict(list)
        for rad in tall:
            sjekk_dag(rad.dag, fra=moeteplass.fra, til=moeteplass.til, i_dag=DAG - timedelta(days=1))
            sjekk_tall({rad.gruppe_id: rad.antall})
            assert ukedag(rad.dag).value in moeteplass.ukedager
            assert rad.foert.astimezone(OSLO).date() == rad.dag
            dager[rad.dag].append(rad.antall)
        assert {len(en) for en in dager.values()} == {len(grupper)}, "a day is written in whole"
        assert {(dag.year, dag.month) for dag in dager} == {
            (aar, mnd) for aar in (2024, 2025, 2026) for mnd in range(1, 13) if mnd != 7 and (aar, mnd) < (2026, 12)
        }
        assert any(not any(en) for en in dager.values()), "and on some days nobody came"
    rettinger = db.session.scalars(select(Moeteplassretting)).all()
    assert len(rettinger) > 5
    assert all(retting.fra != retting.til == retting.tall.antall for retting in rettinger)


def test_the_cards_venues_and_the_club_visits_have_their_years(by: Flask) -> None:
    besoek = db.session.scalars(select(Kortbesoek)).all()
    for rad in besoek:
        sjekk_tall({rad.id: rad.antall})
        assert rad.maaned in maaneder_i_bruk(rad.aar, rad.sted.fra, rad.sted.til)
        assert rad.foert.astimezone(OSLO).date() < DAG
    assert {rad.aar for rad in besoek} == {2024, 2025, 2026}
    assert (2026, 11) not in {(rad.aar, rad.maaned) for rad in besoek}, "this month is not over"
    visitter = Counter(rad.dag.year for rad in db.session.scalars(select(Klubbesoek)))
    assert all(11 <= visitter[aar] <= 17 for aar in (2024, 2025))
    for visitt in db.session.scalars(select(Klubbesoek)):
        assert visitt.lag is not None, "a visit is to a club of the list"
        sjekk_besoek(Klubbesoeksopplysninger(visitt.dag, visitt.lag_id, visitt.tema, visitt.merknad), DAG)


def test_offers_are_the_clubs_but_for_the_municipalitys_own(by: Flask) -> None:
    tilbud = db.session.scalars(select(Tilbud)).unique().all()
    assert {en.arrangoertekst for en in tilbud if en.lag is None} == {"Kulturskolen", "Plan B"}
    lagene = db.session.scalars(select(Lag)).all()
    assert {en.lag_id for en in tilbud} == {lag.id for lag in lagene} | {None}
    assert all(sjekk_orgnr("orgnr", lag.orgnr) == lag.orgnr and lag.aktiv for lag in lagene)
    assert len({lag.orgnr for lag in lagene}) == len(lagene) > 10


def test_a_round_was_confirmed_and_a_draft_helps_some_of_those_who_wait(by: Flask) -> None:
    forslagene = db.session.scalars(select(Forslag)).all()
    for forslag in forslagene:
        faar = {linje.henvisning_id: linje.tilbud_id for linje in forslag.linjer if linje.tilbud_id is not None}
        gitt = forslag.status is Forslagsstatus.BEKREFTET
        assert forslag.tall["forslag"]["plass"] == len(faar)
        assert all(linje.gjort is (True if gitt else None) for linje in forslag.linjer)
        query = (
            select(Tildeling.henvisning_id, Tilbud.id)
            .join(Plass, Plass.id == Tildeling.plass_id)
            .join(Tilbud, Tilbud.beholdning_id == Plass.beholdning_id)
            .where(Tildeling.henvisning_id.in_(sorted(faar)))
        )
        assert set(faar.items()) <= {tuple(rad) for rad in db.session.execute(query)} or not gitt
    av_slag = {forslag.status: forslag for forslag in forslagene if forslag.enhet_id == "inkluderingskonsulent"}
    assert set(av_slag) == {Forslagsstatus.BEKREFTET, Forslagsstatus.UTKAST}
    assert 2 * av_slag[Forslagsstatus.UTKAST].tall["forslag"]["plass"] >= len(av_slag[Forslagsstatus.UTKAST].linjer)


def test_every_closed_follow_up_has_a_result(by: Flask) -> None:
    uten = (Tildeling.plass_id.is_(None), Tildeling.tilsagn_id.is_(None))
    query = select(Tildeling).where(*uten, Tildeling.slutt.is_not(None))
    avsluttede = db.session.scalars(query).all()
    assert avsluttede
    for tildeling in avsluttede:
        periode = tildeling.periode
        assert periode is not None
        assert periode.resultat is not None
        gitt = tildeling.gitt.astimezone(OSLO).date()
        sjekk_deltakelse(Deltakelse(periode.resultat, periode.fra, periode.til), gitt=gitt, dag=DAG)
    resultater = {t.periode.resultat for t in avsluttede if t.periode}
    assert len(resultater) > 2


def test_places_that_are_paid_for_are_a_clubs_and_the_money_can_be_published(by: Flask) -> None:
    betalte = db.session.scalars(select(Tildeling).where(Tildeling.tilsagn_id.is_not(None))).all()
    assert len(betalte) > 10
    for tildeling in betalte:
        assert tildeling.tilsagn is not None
        assert (tildeling.plass_id, tildeling.gitt, tildeling.aar) == (
            None,
            tildeling.tilsagn.gitt,
            tildeling.tilsagn.budsjett.aar,
        )
    fil = eksporter("kroner", 2025, "csv", av=None).innhold.decode()
    assert re.search(r"\d{5,}", fil), fil


def test_several_units_coordinate_for_some_families(by: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the demo shows of coordination is what the services would have taken and the pages would show."""
    monkeypatch.setattr(queries.rekkevidde, "i_dag", lambda: DAG)
    alle = db.session.scalars(select(Samordning).options(selectinload(Samordning.enheter))).all()
    for en in alle:
        foedt = [barn.foedselsaar for barn in en.sak.barn]
        sjekk_hvem("fra", en.fra, hvem_kan_samtykke(foedt, en.gitt.year, kommune().samtykkealder))
    staar = [s for s in alle if s.trukket is None]
    assert len(staar) >= 5
    assert len(staar) < len(alle), "one family has changed its mind"
    naas = [queries.fra_sak(db.session.get_one(User, s.sak.ansvarlig_id), s.sak) for s in staar]
    assert all(naas), "each is reached from its own case"
    andres = db.session.scalars(
        select(Sak)
        .join(Samordningsnotat, Samordningsnotat.fra_sak_id == Sak.id)
        .join(Samordning)
        .where(Samordning.sak_id != Sak.id, Samordning.trukket.is_(None))
    ).all()
    assert andres, "another unit has answered"
    assert all(queries.fra_sak(db.session.get_one(User, sak.ansvarlig_id), sak) for sak in andres)
    notater = db.session.scalars(select(Samordningsnotat).options(joinedload(Samordningsnotat.enhet))).all()
    assert not any(notat.enhet.helse for notat in notater)
    lest = [services.om_saken(s.sak).notater for s in staar]
    assert all(tekst for ett in lest for _, tekst in ett)
    assert sum(map(len, lest)) >= len(staar)
    assert any(a.moete is not None for a in db.session.scalars(select(Samordningsavtale)))


def test_the_plan_is_evaluated_in_the_years_that_are_over(by: Flask) -> None:
    vurderinger = db.session.scalars(select(Vurdering)).all()
    antall = Counter((v.aar, v.status) for v in vurderinger)
    assert {aar for aar, _ in antall} == {2024, 2025}
    assert antall[2024, Vurderingsstatus.GODKJENT] == len([v for v in vurderinger if v.aar == 2024]) > 15
    assert {status for aar, status in antall if aar == 2025} == set(Vurderingsstatus)
    for v in vurderinger:
        innhold = innhold_av(v)
        sjekk_innhold(innhold)
        krev_hel(innhold)
        assert not any(navnelike(tekst) for tekst in (v.gjort, v.effekt, v.hindring, v.neste_steg, v.medvirkning))
        assert (v.grunn is not None) is (v.status is Vurderingsstatus.RETURNERT)
    for a in db.session.scalars(select(Aktivitet)):
        felt = Aktivitetsopplysninger(a.dag, a.slag, a.tema, a.antall, a.tiltak_id)
        sjekk_aktivitet(felt, DAG, 5)
    koordinator = db.session.scalars(select(User).where(User.brukernavn == "koordinator1")).one()
    oppfylt = {aar: [k.oppfylt for k in opptelling(koordinator, aar)] for aar in (2024, 2025)}
    assert all(oppfylt[2024])
    assert not all(oppfylt[2025])
    assert len(oppfylt[2024]) == 5
