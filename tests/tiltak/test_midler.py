"""Money: the ledger always adds up to the budgets, whatever is done and however many do it at one moment."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from koordinering.db import db, i_dag, transaction
from koordinering.errors import Endret, IngenTilgang, Oppbrukt, UgyldigFelt
from koordinering.tiltak.lag import services as lagene
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import KONTO_VEKTER
from koordinering.tiltak.midler import queries, services
from koordinering.tiltak.midler.models import Budsjett, Bunt, Faktura, Postering, Tilsagn, Utbetaling
from koordinering.tiltak.midler.rules import (
    Avgjoerelse,
    EgenUtbetaling,
    Returgrunn,
    Tilskuddsavslag,
    Tilskuddstatus,
    Ubrukt,
    Utbetalingstatus,
    Utfall,
)
from koordinering.users import User
from tests import penger
from tests.kapasitet.sjekk import sjekk_pengene
from tests.penger import gjoer
from tests.tildeling.test_kapasitet import _samtidig


def _sjekk() -> None:
    """Balance is the sum of the ledger, nothing is over its budget, and bound is what is promised and not paid."""
    db.session.rollback()
    sjekk_pengene()


# --- At one moment ---------------------------------------------------------------------------------------


def _tilsagn_av(budsjett_id: int, lag_id: int, user_id: int, oere: int) -> int:
    with transaction():
        budsjett, laget = db.session.get_one(Budsjett, budsjett_id), db.session.get_one(Lag, lag_id)
        return services.gi_tilsagn(budsjett, laget, oere, av=db.session.get_one(User, user_id)).id


def test_ten_at_one_moment_and_money_for_four(app: Flask, folk: Any) -> None:
    budsjett, laget = penger.budsjett(folk.inkludering1, ramme_oere=400_000), penger.lag(folk.inkludering1)
    ider = (budsjett.id, laget.id, folk.inkludering1.id)
    svar = _samtidig(app, [lambda: _tilsagn_av(*ider, 100_000)] * 10)
    assert svar.count(Oppbrukt) == 6
    assert db.session.get_one(Budsjett, ider[0]).fritt_oere == 0
    _sjekk()


def test_two_files_at_one_moment_hold_each_payment_once(app: Flask, folk: Any) -> None:
    tilsagn = _betalbart(folk, 300_000)
    gjoer(
        services.betal_faktura,
        tilsagn.fakturaer[0],
        300_000,
        vist_oere=tilsagn.fakturaer[0].rest_oere,
        av=folk.inkludering1,
    )
    user = folk.godkjenner1.id

    def fil() -> int | None:
        with transaction():
            bunt = services.lag_bunt(av=db.session.get_one(User, user))
            return bunt.antall if bunt else None

    svar = _samtidig(app, [fil] * 3)
    assert sorted(map(str, svar)) == ["1", "None", "None"]
    _sjekk()


def test_an_invoice_is_not_paid_twice_at_one_moment(app: Flask, folk: Any) -> None:
    faktura_id = _betalbart(folk, 300_000).fakturaer[0].id
    user = folk.inkludering1.id

    def betal() -> int:
        with transaction():
            en = db.session.get_one(Faktura, faktura_id)
            av = db.session.get_one(User, user)
            return services.betal_faktura(en, 100_000, vist_oere=300_000, av=av).nummer

    svar = _samtidig(app, [betal] * 3)
    assert svar.count(Endret) == 2, "a part that all three meant to pay is paid once"


def _betalbart(folk: Any, oere: int, nr: int = 1, laget: Lag | None = None) -> Tilsagn:
    """A commitment with one invoice on all of it."""
    budsjett, laget = penger.budsjett(folk.inkludering1), laget or penger.kjent_lag(nr)
    tilsagn: Tilsagn = gjoer(services.gi_tilsagn, budsjett, laget, oere, av=folk.inkludering1)
    penger.faktura(folk.inkludering1, tilsagn, oere)
    return tilsagn


# --- The walls -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setning", ["UPDATE postering SET ramme_oere = 1", "DELETE FROM postering"])
def test_the_database_refuses_to_change_the_ledger(folk: Any, setning: str) -> None:
    penger.budsjett(folk.inkludering1)
    with pytest.raises((IntegrityError, DatabaseError), match="only added to"), transaction() as session:
        session.execute(text(setning))
    _sjekk()


def test_the_database_refuses_more_than_the_budget(folk: Any) -> None:
    budsjett = penger.budsjett(folk.inkludering1)
    with pytest.raises(IntegrityError), transaction():
        db.session.get_one(Budsjett, budsjett.id).bundet_oere = budsjett.ramme_oere + 1


def test_the_database_refuses_an_approval_of_ones_own(folk: Any) -> None:
    utbetaling = _utbetaling(folk)
    with pytest.raises(IntegrityError), transaction():
        db.session.get_one(Utbetaling, utbetaling.id).avgjort_av = utbetaling.foert_av


# --- Approval --------------------------------------------------------------------------------------------


def _utbetaling(folk: Any, oere: int = 600_000, nr: int = 1) -> Utbetaling:
    faktura = _betalbart(folk, oere, nr).fakturaer[0]
    return gjoer(services.betal_faktura, faktura, oere, vist_oere=faktura.rest_oere, av=folk.inkludering1)  # type: ignore[no-any-return]


def test_the_limit_is_held_against_the_whole_so_that_parts_do_not_pass(folk: Any) -> None:
    faktura = _betalbart(folk, 600_000).fakturaer[0]
    foerste = gjoer(services.betal_faktura, faktura, 300_000, vist_oere=faktura.rest_oere, av=folk.inkludering1)
    assert foerste.status is Utbetalingstatus.VENTER
    liten = _utbetaling(folk, 400_000, nr=2)
    assert liten.status is Utbetalingstatus.KLAR


def test_nobody_approves_what_she_entered_nor_to_an_account_she_wrote(folk: Any) -> None:
    utbetaling = _utbetaling(folk)
    with pytest.raises(IngenTilgang):
        gjoer(services.godkjenn, utbetaling, av=folk.inkludering1)
    penger.begge_roller("inkludering1", "godkjenner1")
    with pytest.raises(EgenUtbetaling):
        gjoer(services.godkjenn, utbetaling, av=folk.inkludering1)
    laget = utbetaling.lag
    endring = penger.opplysninger(kontonummer=penger.nummer(7, KONTO_VEKTER))
    gjoer(lagene.endre_lag, laget, endring, versjon=laget.versjon, av=folk.godkjenner1)
    assert _avgjoer(folk, utbetaling) == Utfall.EGEN
    gjoer(services.stans, utbetaling, av=folk.inkludering1)


@pytest.fixture
def eget_lag(folk: Any) -> Lag:
    """A club whose account number the consultant wrote herself; the limit is 5 000 kr."""
    return penger.lag(folk.inkludering1)


def _liten(folk: Any, laget: Lag, av: User | None = None) -> Utbetaling:
    """A payment below the limit, entered by the consultant unless told."""
    faktura = _betalbart(folk, 200_000, laget=laget).fakturaer[0]
    vist = faktura.rest_oere
    return gjoer(services.betal_faktura, faktura, 200_000, vist_oere=vist, av=av or folk.inkludering1)  # type: ignore[no-any-return]


def _faktura_til(folk: Any, utbetaling: Utbetaling, nr: str) -> Utbetaling:
    """One more small payment to the same club."""
    assert utbetaling.faktura is not None
    tilsagn = gjoer(services.gi_tilsagn, utbetaling.budsjett, utbetaling.lag, 50_000, av=folk.inkludering1)
    faktura = penger.faktura(folk.inkludering1, tilsagn, 50_000, nr)
    return gjoer(services.betal_faktura, faktura, 50_000, vist_oere=50_000, av=folk.inkludering1)  # type: ignore[no-any-return]


def test_whoever_wrote_the_account_does_not_pay_to_it_alone_whatever_the_amount(folk: Any, eget_lag: Lag) -> None:
    penger.begge_roller("inkludering1", "godkjenner1")
    foerste = _liten(folk, eget_lag)
    assert foerste.status is Utbetalingstatus.VENTER
    with pytest.raises(EgenUtbetaling):
        gjoer(services.godkjenn, foerste, av=folk.inkludering1)
    assert gjoer(services.lag_bunt, av=folk.inkludering1) is None
    gjoer(services.godkjenn, foerste, av=folk.godkjenner1)
    # Somebody else has looked at the account: from now on the limit alone decides.
    assert _faktura_til(folk, foerste, "2").status is Utbetalingstatus.KLAR
    assert gjoer(services.lag_bunt, av=folk.inkludering1).antall == 2
    assert _faktura_til(folk, foerste, "3").status is Utbetalingstatus.KLAR, "what is in a file is approved still"
    # A new number, and the old one once more: nobody has looked at it since.
    for konto in (penger.nummer(9, KONTO_VEKTER), penger.nummer(1, KONTO_VEKTER)):
        endring = penger.opplysninger(kontonummer=konto)
        gjoer(lagene.endre_lag, eget_lag, endring, versjon=eget_lag.versjon, av=folk.inkludering1)
    assert _faktura_til(folk, foerste, "4").status is Utbetalingstatus.VENTER


def test_who_wrote_the_account_makes_no_file_with_what_nobody_has_approved(folk: Any, eget_lag: Lag) -> None:
    penger.begge_roller("inkludering1", "godkjenner1")
    fra_kollegaen = _liten(folk, eget_lag, av=folk.godkjenner1)
    assert fra_kollegaen.status is Utbetalingstatus.KLAR, "two have had to do with it"
    tilfil = queries.til_fil(folk.inkludering1)
    assert (tilfil.antall, tilfil.sum_oere, tilfil.holdt) == (0, 0, 1)
    assert gjoer(services.lag_bunt, av=folk.inkludering1) is None
    assert queries.til_fil(folk.godkjenner1).antall == 1
    assert gjoer(services.lag_bunt, av=folk.godkjenner1).antall == 1


def test_an_approval_that_is_taken_back_confirms_no_account(folk: Any, eget_lag: Lag) -> None:
    foerste = _liten(folk, eget_lag)
    gjoer(services.godkjenn, foerste, av=folk.godkjenner1)
    andre = _faktura_til(folk, foerste, "2")
    gjoer(services.angre_godkjenning, foerste, av=folk.godkjenner1)
    assert andre.status is Utbetalingstatus.KLAR
    assert queries.til_fil(folk.godkjenner1).holdt == 1
    assert gjoer(services.lag_bunt, av=folk.godkjenner1) is None
    gjoer(services.godkjenn, foerste, av=folk.godkjenner1)
    assert gjoer(services.lag_bunt, av=folk.godkjenner1).antall == 2


def _avgjoer(folk: Any, utbetaling: Utbetaling, hva: Avgjoerelse = Avgjoerelse.GODKJENN) -> Utfall:
    svar = gjoer(services.avgjoer, [utbetaling.id], hva, Returgrunn.FEIL_KONTO, av=folk.godkjenner1)
    return svar[utbetaling.id]  # type: ignore[no-any-return]


def test_a_changed_account_stops_approval_and_file(folk: Any) -> None:
    venter, klar = _utbetaling(folk), _utbetaling(folk, 200_000, nr=2)
    for nr, utbetaling in ((1, venter), (2, klar)):
        endring = penger.opplysninger(nr, kontonummer=penger.nummer(10 + nr, KONTO_VEKTER))
        gjoer(lagene.endre_lag, utbetaling.lag, endring, versjon=utbetaling.lag.versjon, av=folk.inkludering1)
    assert _avgjoer(folk, venter) == Utfall.KONTO_ENDRET
    assert gjoer(services.lag_bunt, av=folk.godkjenner1) is None
    assert _avgjoer(folk, venter, Avgjoerelse.SEND_TILBAKE) == Utfall.SENDT_TILBAKE
    gjoer(services.send_paa_nytt, venter, av=folk.inkludering1)
    assert _avgjoer(folk, venter) == Utfall.GODKJENT
    assert gjoer(services.lag_bunt, av=folk.godkjenner1).antall == 1


def test_several_at_once_each_get_their_own_answer(folk: Any) -> None:
    venter, klar = _utbetaling(folk), _utbetaling(folk, 200_000, nr=2)
    svar = gjoer(services.avgjoer, [venter.id, klar.id, 3], Avgjoerelse.GODKJENN, av=folk.godkjenner1)
    assert svar == {venter.id: Utfall.GODKJENT, klar.id: Utfall.ALT_AVGJORT, 3: Utfall.FANT_IKKE}
    with pytest.raises(UgyldigFelt):
        gjoer(services.avgjoer, [venter.id], Avgjoerelse.SEND_TILBAKE, av=folk.godkjenner1)


def test_a_payment_that_comes_back_is_reversed_once_and_can_be_paid_anew(folk: Any) -> None:
    utbetaling = _utbetaling(folk, 200_000)
    gjoer(services.lag_bunt, av=folk.godkjenner1)
    gjoer(services.kom_i_retur, utbetaling, av=folk.godkjenner1)
    with pytest.raises(Endret):
        gjoer(services.kom_i_retur, utbetaling, av=folk.godkjenner1)
    motpost = db.session.scalars(select(Postering).where(Postering.motposterer_id.is_not(None))).one()
    assert (motpost.bundet_oere, motpost.betalt_oere) == (200_000, -200_000)
    gjoer(services.betal_faktura, utbetaling.faktura, 200_000, vist_oere=200_000, av=folk.inkludering1)
    assert gjoer(services.lag_bunt, av=folk.godkjenner1).nummer == 2
    assert db.session.scalars(select(Bunt.sum_oere)).all() == [200_000, 200_000]
    gjoer(services.foer_kreditnota, utbetaling.faktura, "k1", 100_000, av=folk.inkludering1)
    paa_nytt = db.session.scalars(select(Utbetaling).where(Utbetaling.bunt_nummer == 2)).one()
    with pytest.raises(Endret, match="kreditert"):
        gjoer(services.kom_i_retur, paa_nytt, av=folk.godkjenner1)
    _sjekk()


# --- Grants and years ------------------------------------------------------------------------------------


def test_a_report_frees_the_rest_and_tells_what_is_left_with_the_club(folk: Any) -> None:
    av = folk.inkludering1
    budsjett, laget = penger.budsjett(av, "inkludering", 3_000_000), penger.lag(av)
    tilskudd = penger.innvilget(av, laget, 1_500_000)
    gjoer(services.betal_tilskudd, tilskudd, 1_000_000, penger.i_morgen(), vist_oere=tilskudd.rest_oere, av=av)
    mangler = services.Rapport(i_dag(), 700_000, 8, None)
    with pytest.raises(Endret):  # a payment is on its way
        gjoer(services.registrer_rapport, tilskudd, mangler, versjon=tilskudd.versjon, av=av)
    assert _avgjoer(folk, queries.utbetalinger_av(tilskudd_id=tilskudd.id)[0]) == Utfall.GODKJENT
    gjoer(services.lag_bunt, av=folk.godkjenner1)
    with pytest.raises(UgyldigFelt) as feil:
        gjoer(services.registrer_rapport, tilskudd, mangler, versjon=tilskudd.versjon, av=av)
    assert feil.value.felt == "ubrukt"
    flyttes = services.Rapport(i_dag(), 700_000, 8, Ubrukt.FLYTTES, i_dag() + timedelta(days=60))
    gjoer(services.registrer_rapport, tilskudd, flyttes, versjon=tilskudd.versjon, av=av)
    assert tilskudd.status is Tilskuddstatus.INNVILGET
    ferdig = services.Rapport(i_dag(), 1_100_000, 9, None)
    gjoer(services.registrer_rapport, tilskudd, ferdig, versjon=tilskudd.versjon, av=av)
    assert (tilskudd.status, tilskudd.avvik_oere) == (Tilskuddstatus.RAPPORTERT, 100_000)
    assert db.session.get_one(Budsjett, budsjett.id).fritt_oere == 2_000_000
    tall = {t.formaal_id: t for t in queries.midlertall(i_dag().year)}["inkludering"]
    assert (tall.innvilget_oere, tall.betalt_oere, tall.barn_soekt, tall.barn_deltok) == (1_000_000, 1_000_000, 12, 9)
    _sjekk()


def test_what_comes_back_is_entered_once_from_one_page(folk: Any) -> None:
    av, laget = folk.inkludering1, penger.lag(folk.inkludering1)
    penger.budsjett(av, "inkludering", 1_000_000)
    tilskudd = penger.innvilget(av, laget, 900_000)
    gjoer(services.betal_tilskudd, tilskudd, 900_000, penger.i_morgen(), vist_oere=tilskudd.rest_oere, av=av)
    _avgjoer(folk, queries.utbetalinger_av(tilskudd_id=tilskudd.id)[0])
    gjoer(services.lag_bunt, av=folk.godkjenner1)
    rapport = services.Rapport(i_dag(), 300_000, 8, Ubrukt.BETALES_TILBAKE)
    gjoer(services.registrer_rapport, tilskudd, rapport, versjon=tilskudd.versjon, av=av)
    vist = tilskudd.versjon
    gjoer(services.registrer_tilbakebetaling, tilskudd, 200_000, versjon=vist, av=av)
    with pytest.raises(Endret):  # a second click
        gjoer(services.registrer_tilbakebetaling, tilskudd, 200_000, versjon=vist, av=av)
    assert (tilskudd.tilbakebetalt_oere, tilskudd.skal_tilbake_oere) == (200_000, 400_000)
    _sjekk()


def test_a_report_is_reminded_of_only_when_it_is_due(folk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    av = folk.inkludering1
    penger.budsjett(av, "inkludering", 3_000_000)
    tilskudd = penger.innvilget(av, penger.lag(av))
    with pytest.raises(Endret):
        gjoer(services.purr, tilskudd, av=av)
    senere = i_dag() + timedelta(days=100)
    monkeypatch.setattr("koordinering.tiltak.midler.services.tilskudd.i_dag", lambda: senere)
    gjoer(services.purr, tilskudd, av=av)
    assert tilskudd.antall_purringer == 1


def test_refused_or_withdrawn_holds_nothing(folk: Any) -> None:
    av = folk.inkludering1
    penger.budsjett(av, "inkludering", 3_000_000)
    laget = penger.lag(av)
    nei, ja = penger.soeknad(av, laget), penger.innvilget(av, laget)
    gjoer(services.avslaa, nei, Tilskuddsavslag.UTENFOR_FORMAAL, versjon=nei.versjon, av=av)
    gjoer(services.trekk, ja, av=av)
    with pytest.raises(Endret):
        gjoer(services.trekk, ja, av=av)
    with pytest.raises(UgyldigFelt):  # more than is left
        penger.innvilget(av, laget, 3_100_000)
    _sjekk()


def test_a_new_year_takes_over_rules_and_rounds_and_a_closed_one_binds_nothing(folk: Any) -> None:
    av, aar = folk.inkludering1, i_dag().year
    penger.budsjett(av)
    assert [(r.frist.month, r.frist.day) for r in queries.runder(aar)] == [(4, 15), (10, 15)]
    aaret = queries.midleraar(aar)
    assert aaret is not None
    gjoer(services.sett_beloepsgrense, aaret, 300_000, versjon=aaret.versjon, av=folk.godkjenner1)
    with pytest.raises(IngenTilgang):  # whoever enters does not lift the limit
        gjoer(services.sett_beloepsgrense, aaret, 900_000, versjon=aaret.versjon, av=av)
    neste = gjoer(services.opprett_aar, aar + 1, av=av)
    assert (neste.beloepsgrense_oere, len(queries.runder(aar + 1))) == (300_000, 2)
    gjoer(services.steng_aar, aaret, av=av)
    with pytest.raises(Oppbrukt):
        _tilsagn_av(queries.budsjettene(aar)[0].id, penger.lag(av).id, av.id, 100)
    _sjekk()
