"""Limits hold whoever guesses, tell nothing about who exists, and stop nobody else; files have an hourly limit."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select

from koordinering import crypto
from koordinering.audit import Hva, Innslag
from koordinering.db import db, now, own_transaction, transaction
from koordinering.konto import services
from koordinering.konto.models import Grense
from koordinering.konto.rules import NETT_RUMMER, UTTREKK_PER_TIME
from koordinering.konto.services import grenser, rydding, timen
from koordinering.roles import Rolle
from koordinering.saker.rules import referanse
from koordinering.users import User
from tests.conftest import PASSORD
from tests.konto.test_brukere import lag
from tests.konto.test_innlogging import inn
from tests.nettleser import Nettleser
from tests.saker.skjema import nummer, utfylt

GJETT, GJETT_LANG = 300, 10_000
HER = "192.0.2.7"


class Klokke:
    """The clock of the limits, which the test turns."""

    def __init__(self) -> None:
        self.naa = now()

    def __call__(self) -> datetime:
        return self.naa


@pytest.fixture
def klokke(monkeypatch: pytest.MonkeyPatch) -> Klokke:
    """Time passes when the test says so."""
    klokken = Klokke()
    for modul in (grenser, timen):
        monkeypatch.setattr(modul, "now", klokken)
    return klokken


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that is asked for; the costly computing itself is left out, the answer is kept."""
    regnet: list[str] = []
    riktig: dict[str, bool] = {}

    def stemmer(lagret: str, forsoekt: str) -> bool:
        regnet.append("ekte")
        if forsoekt != PASSORD:
            return False
        if lagret not in riktig:
            riktig[lagret] = ekte(lagret, forsoekt)
        return riktig[lagret]

    def blindt(_forsoekt: str) -> bool:
        regnet.append("blind")
        return False

    ekte = crypto.passord_stemmer
    monkeypatch.setattr(crypto, "passord_stemmer", stemmer)
    monkeypatch.setattr(crypto, "blindpass", blindt)
    return regnet


def _gjett_spredt(antall: int, klokke: Klokke) -> tuple[int, int]:
    """Guesses over accounts, known and unknown, and networks, her own among them; how many were tried, longest wait."""
    tatt = lengst = 0
    for nr in range(antall):
        navn = ("nav1", "nav2", "finnes-ikke", f"gjettet{nr % 50}")[nr % 4]
        adresse = HER if nr % 3 == 0 else f"198.{nr % 200}.{nr % 7}.{nr % 250}"
        try:
            inn(navn, "feil-passord-her", adresse)
        except services.FeilInnlogging:
            tatt += 1
        except services.VentLitt as feil:
            lengst = max(lengst, feil.sekunder)
        klokke.naa += timedelta(milliseconds=50)
    return tatt, lengst


def _slipper_inn_innen_et_minutt(klokke: Klokke) -> int:
    """Seconds that the right user waits, in her own office and a new browser, when she does as she is told."""
    start = klokke.naa
    while True:
        try:
            assert inn("nav1", PASSORD, HER)[0].brukernavn == "nav1"
        except services.VentLitt as feil:
            klokke.naa += timedelta(seconds=feil.sekunder)
        else:
            return round((klokke.naa - start).total_seconds())


@pytest.mark.parametrize("antall", [GJETT, pytest.param(GJETT_LANG, marks=pytest.mark.lang)])
def test_the_right_user_gets_in_within_a_minute_of_ten_thousand_guesses(
    folk: Any, klokke: Klokke, hasher: list[str], antall: int
) -> None:
    tatt, lengst = _gjett_spredt(antall, klokke)
    assert 0 < lengst <= 60
    assert tatt == len(hasher), "a guess that must wait costs no hash"
    assert 0 < tatt < antall
    assert inn("nav1", PASSORD, "203.0.113.9")[0].brukernavn == "nav1", "from elsewhere she waits for nothing"
    assert inn("nav1", PASSORD, HER, kjent="hennes")[0].brukernavn == "nav1", "nor in a browser that knows her"
    assert _slipper_inn_innen_et_minutt(klokke) <= 60
    klokke.naa += timedelta(hours=2)
    with pytest.MonkeyPatch.context() as m:
        m.setattr(rydding, "now", klokke)
        services.rydd()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Grense)) == 0, "the table does not grow"


def test_a_clock_that_is_set_back_lets_the_right_user_in_and_forgets_no_guesses(
    folk: Any, klokke: Klokke, hasher: list[str]
) -> None:
    klokke.naa += timedelta(days=1)
    assert inn("nav1", PASSORD, HER)[0].brukernavn == "nav1"
    for _ in range(7):
        with pytest.raises((services.FeilInnlogging, services.VentLitt)):
            inn("nav2", "feil-passord-her", HER)
    klokke.naa -= timedelta(days=1)
    assert inn("nav1", PASSORD, HER)[0].brukernavn == "nav1"
    with pytest.raises(services.FeilInnlogging):
        inn("nav2", "feil-passord-her", HER)
    with pytest.raises(services.VentLitt) as ventet:
        inn("nav2", "feil-passord-her", HER)
    assert 1 < ventet.value.sekunder <= 60


@pytest.fixture
def setninger() -> Iterator[list[str]]:
    """Every statement that is run."""
    kjoert: list[str] = []

    def lytt(_c: Any, _k: Any, setning: str, *_: Any) -> None:
        kjoert.append(setning)

    event.listen(db.engine, "before_cursor_execute", lytt)
    yield kjoert
    event.remove(db.engine, "before_cursor_execute", lytt)


def test_a_refusal_does_the_same_work_whoever_is_asked_for(folk: Any, hasher: list[str], setninger: list[str]) -> None:
    lag((Rolle.MOTTAKER, "nav"), navn="uten.passord")
    with transaction() as session:
        services.laas(session.get_one(User, folk.nav2.id), av=None)
        session.scalars(select(User).where(User.brukernavn == "uten.passord")).one().passord_hash = None
    arbeid = {}
    for navn, passord in (
        ("nav1", "feil-passord-her"),
        ("finnes-ikke", PASSORD),
        ("nav2", PASSORD),  # locked
        ("nav2", "feil-passord-her"),
        ("uten.passord", PASSORD),
    ):
        db.session.rollback()
        hasher.clear()
        setninger.clear()
        with pytest.raises(services.FeilInnlogging):
            inn(navn, passord)
        arbeid[navn, passord] = (len(hasher), sorted(setninger))
    ulike = {hvem: gjort for hvem, gjort in arbeid.items() if gjort != arbeid["finnes-ikke", PASSORD]}
    assert not ulike, (ulike, arbeid["finnes-ikke", PASSORD])
    assert arbeid["finnes-ikke", PASSORD][0] == 1


def _uttrekk(folk: Any, antall: int) -> int:
    tatt = 0
    for _ in range(antall):
        try:
            services.ta_uttrekk(av=folk.koordinator1, adresse=HER)
        except services.ForMangeUttrekk:
            continue
        tatt += 1
    return tatt


def test_files_are_counted_by_user_and_hour_and_the_stop_is_logged(folk: Any, klokke: Klokke) -> None:
    klokke.naa = klokke.naa.replace(minute=10)
    assert _uttrekk(folk, UTTREKK_PER_TIME - 5) == UTTREKK_PER_TIME - 5
    klokke.naa += timedelta(minutes=30)
    assert _uttrekk(folk, 10) == 5, "a pause within the hour forgets nothing"
    services.ta_uttrekk(av=folk.koordinator2, adresse=HER)
    services.ta_uttrekk(av=None, adresse=None)
    klokke.naa += timedelta(minutes=21)
    assert _uttrekk(folk, 1) == 1, "the next hour"
    db.session.rollback()
    stanset = db.session.scalars(select(Innslag.user_id).where(Innslag.hva == Hva.UTTREKK_STANSET)).all()
    assert stanset == [folk.koordinator1.id] * 5


def test_who_is_refused_and_why_follows_from_what_was_taken(
    folk: Any, klokke: Klokke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model of the two limits, over any order of users, networks, hours and numbers at once."""
    monkeypatch.setattr(timen, "NETT_RUMMER", 2)
    tilfeldig, hver, alle = Random(5), 4, 8  # noqa: S311 - the same order each time
    brukere = [folk.nav1, folk.nav2, folk.helse1, folk.kultur1, folk.inkludering1]
    nettene = {"192.0.2.7": "a", "192.0.2.200": "a", "2001:db8::1": "b", "no address": "c"}
    tatt: Counter[object] = Counter()
    sett = set()
    for _ in range(150):
        user, adresse, antall = tilfeldig.choice(brukere), tilfeldig.choice(list(nettene)), tilfeldig.choice((1, 1, 3))
        time = klokke.naa.replace(minute=0, second=0, microsecond=0)
        egen, nett = (user.id, time), (nettene[adresse], time)
        svar = timen.ta_i_timen("prøve", hver, av=user, adresse=adresse, antall=antall)
        sett.add(svar)
        if svar is None:
            assert tatt[egen] < hver
            assert tatt[nett] < alle
            tatt[egen] += antall
            tatt[nett] += antall
        else:
            assert tatt[nett] >= alle if svar == timen.NETTET else tatt[egen] >= hver
        klokke.naa += timedelta(seconds=tilfeldig.choice((1, 60, 400)))
    assert sett == {None, "", timen.NETTET}


def test_one_user_alone_leaves_room_for_her_whole_office(folk: Any, klokke: Klokke) -> None:
    klokke.naa = klokke.naa.replace(minute=10)
    tatt = sum(timen.ta_i_timen("prøve", 3, av=folk.nav1, adresse=HER) is None for _ in range(3 * NETT_RUMMER + 5))
    assert tatt == 3, "what her own limit refuses is not counted for the network"
    assert timen.ta_i_timen("prøve", 3, av=folk.nav2, adresse=HER) is None
    assert NETT_RUMMER >= 10


def test_of_many_at_one_moment_the_first_to_come_may_be_counted_last(folk: Any, klokke: Klokke) -> None:
    """Each takes its moment before it waits for its turn to write: nobody is refused for a colleague's being first."""
    klokke.naa = klokke.naa.replace(minute=10)
    for foer in (0, 3, 1, 14):
        klokke.naa -= timedelta(seconds=foer)
        assert timen.ta_i_timen("prøve", 5, av=folk.nav1, adresse=HER) is None
        klokke.naa += timedelta(seconds=foer)
    grenser.ta_forsoek(proeve := grenser.passordbytte(folk.nav1.id))
    klokke.naa -= timedelta(seconds=3)
    grenser.ta_forsoek(proeve)


def _finn(her: Nettleser, adresse: str, felt: dict[str, str]) -> tuple[int, str]:
    her.klient.environ_base["REMOTE_ADDR"] = adresse
    svar = her.send("/saker/finn", felt)
    return svar.status_code, svar.get_data(as_text=True)


def test_searches_are_limited_by_user_and_by_network_and_the_stop_is_logged(
    folk: Any, nettleser: Nettleser, klokke: Klokke, monkeypatch: pytest.MonkeyPatch
) -> None:
    klokke.naa = klokke.naa.replace(minute=10)
    monkeypatch.setattr("koordinering.saker.services.innboks.OPPSLAG_PER_TIME", 2)
    monkeypatch.setattr(timen, "NETT_RUMMER", 2)
    en, to, tre = (nettleser.som(user) for user in (folk.nav1, folk.nav2, folk.helse1))
    soek = {"referanse": referanse.ny()}
    assert [_finn(en, HER, soek)[0] for _ in range(3)] == [200, 200, 429]
    assert "Du har søkt så mange ganger" in _finn(en, HER, soek)[1]
    assert [_finn(to, HER, {"fnr": nummer()})[0] for _ in range(2)] == [200, 200]
    status, html = _finn(tre, "192.0.2.99", soek)
    assert (status, "Fra nettet du sitter på" in html, soek["referanse"] in html) == (429, True, True)
    tre.klient.environ_base["REMOTE_ADDR"] = HER
    skjema = utfylt("to_helsestasjon", tiltak=["4b-3"], barn_0_fnr=nummer(), egen_referanse="2026-0417")
    registrering = tre.send("/saker/ny", skjema)
    assert (registrering.status_code, "Fra nettet" in registrering.text) == (422, True)
    assert "2026-0417" in registrering.text, "nothing is lost but the number"
    assert _finn(tre, "203.0.113.4", soek)[0] == 200, "elsewhere she goes on"
    klokke.naa += timedelta(hours=1)
    assert _finn(en, HER, soek)[0] == 200, "the next hour"
    db.session.rollback()
    linjer = db.session.execute(select(Innslag.user_id, Innslag.detalj).where(Innslag.hva == Hva.OPPSLAG_STANSET))
    assert Counter(tuple(linje) for linje in linjer) == {
        (folk.nav1.id, "timen"): 2,
        (folk.helse1.id, "nettet"): 2,
    }


def test_the_network_is_full_for_files_too(folk: Any, klokke: Klokke, monkeypatch: pytest.MonkeyPatch) -> None:
    klokke.naa = klokke.naa.replace(minute=10)
    monkeypatch.setattr(timen, "UTTREKK_PER_TIME", 1)
    monkeypatch.setattr(timen, "NETT_RUMMER", 1)
    services.ta_uttrekk(av=folk.koordinator1, adresse=HER)
    with pytest.raises(timen.ForMangeUttrekkHerfra, match="Fra nettet"):
        services.ta_uttrekk(av=folk.koordinator2, adresse=HER)
    services.ta_uttrekk(av=folk.koordinator2, adresse="203.0.113.4")
    db.session.rollback()
    assert db.session.scalars(select(Innslag.detalj).where(Innslag.hva == Hva.UTTREKK_STANSET)).all() == ["nettet"]


def _fylt(user_id: int) -> None:
    with own_transaction() as session:
        tid = now().replace(minute=0, second=0, microsecond=0)
        for time in (tid, tid + timedelta(hours=1)):  # the clock may turn while the test runs
            noekkel = grenser.noekkel("uttrekk", str(user_id), time.isoformat())
            session.add(Grense(noekkel=noekkel, aapner=time + timedelta(hours=1), antall=UTTREKK_PER_TIME))


@pytest.mark.parametrize(
    ("hvem", "sti", "skjema"),
    [
        ("koordinator1", "/tall/tjeneste/2026/eksport", {"format": "csv"}),
        ("ombud1", "/innsynslogg/eksport", {"fil": "csv"}),
        ("inkludering1", "/tilbud/eksport", {}),
        ("helse1", "/krav/1/innsyn/fil", {"fil": "json"}),
        ("navleder1", "/samlet/1/fil", {"fil": "json"}),
        ("inkludering1", "/midler/2026/regneark", {}),
        ("ombud1", "/papirer/rollematrise/fil", {"format": "xlsx"}),
    ],
)
@pytest.mark.bare_sqlite
def test_beyond_the_limit_a_file_is_refused_in_plain_words(
    folk: Any, nettleser: Nettleser, hvem: str, sti: str, skjema: dict[str, str]
) -> None:
    user = getattr(folk, hvem)
    her = nettleser.som(user)
    _fylt(user.id)
    svar = her.send(sti, skjema)
    assert svar.status_code == 429
    assert "Du har hentet ut så mange filer" in svar.text
