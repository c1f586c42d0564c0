"""The command line as its users meet it: a process of its own, exit codes, one line for a fault."""

import io
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from koordinering.cli.hoved import koordinering, main
from koordinering.cli.ramme import tabell
from koordinering.config import les_config
from koordinering.db import i_dag
from koordinering.roles import MATRISE, Rolle
from tests.plan.eksempel import ANNEN_KOMMUNE, bytt
from tests.tjener import helse, ledig_port

PASSORD = "kommandolinje-2026"


@dataclass
class Svar:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


class Skall:
    """A terminal with one installation. Commands run in this process: starting Python for each costs seconds."""

    def __init__(self, data: Path, miljoe: str = "demo") -> None:
        self.data = data
        ekstra = {"KOORDINERING_DEMO_PASSWORD": PASSORD} if miljoe == "demo" else {}
        self.miljoe = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KOORDINERING_")},
            "KOORDINERING_MILJOE": miljoe,
            "KOORDINERING_DATA": str(data),
            **ekstra,
        }

    def __call__(self, *ord_: str) -> Svar:
        """Run one command."""
        ut, feil = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.miljoe, clear=True),
            mock.patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(ut),
            redirect_stderr(feil),
            pytest.raises(SystemExit) as slutt,
        ):
            main(ord_)
        assert isinstance(slutt.value.code, int)
        return Svar(slutt.value.code, ut.getvalue(), feil.getvalue())

    def prosess(self, *ord_: str) -> subprocess.CompletedProcess[str]:
        """Run one in a process of its own, as a user does."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "koordinering.cli", *ord_],
            env=self.miljoe,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    def ok(self, *ord_: str) -> str:
        """Run one that must do well; what it wrote."""
        svar = self(*ord_)
        assert svar.returncode == 0, svar.stderr
        return svar.stdout

    def feil(self, *ord_: str, kode: int = 1) -> str:
        """Run one that must be refused, in one line and without a trace; a slow machine says what it is doing first."""
        svar = self(*ord_)
        assert svar.returncode == kode, (svar.stdout, svar.stderr)
        assert "Traceback" not in svar.stderr
        linjer = [linje for linje in svar.stderr.strip().splitlines() if not linje.endswith(" …")]
        assert len(linjer) == 1, svar.stderr
        return linjer[0]


@pytest.fixture(scope="module")
def klar(tmp_path_factory: pytest.TempPathFactory) -> Skall:
    """A demo installation that is set up; the tests that change something about users use names of their own."""
    skall = Skall(tmp_path_factory.mktemp("cli"))
    skall.ok("init")
    return skall


@pytest.fixture
def tom(tmp_path: Path) -> Skall:
    """A demo installation that is not set up."""
    return Skall(tmp_path / "var")


def _alle(gruppe: object, sti: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    under = getattr(gruppe, "commands", {})
    return [sti, *(en for navn, k in under.items() for en in _alle(k, (*sti, navn)))]


@pytest.mark.parametrize("sti", _alle(koordinering), ids=" ".join)
def test_every_command_has_help_in_norwegian(sti: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as slutt:
        main([*sti, "--help"])
    hjelp = capsys.readouterr().out
    assert slutt.value.code == 0
    assert hjelp.startswith("Bruk: koordinering")
    assert "Vis denne hjelpen og avslutt." in hjelp
    for engelsk in ("Usage", "Options", "Commands", "Show this", "required", "default"):
        assert engelsk not in hjelp
    if sti:
        assert len(hjelp.splitlines()[2].strip()) > 10, "says what it does"


@pytest.mark.parametrize(
    ("ord_", "melding"),
    [
        (["finnes-ikke"], "Kommandoen finnes ikke."),
        (["init", "--finnes-ikke"], "Valget --finnes-ikke finnes ikke."),
        (["plan", "load"], "FIL mangler."),
        (["statistikk", "eksport", "--aar", "2025", "--format", "csv"], "--tabell mangler."),
        (["statistikk", "eksport", "--tabell", "x", "--aar", "i fjor", "--format", "csv"], "Verdien til --aar"),
        (["statistikk", "eksport", "--tabell", "x", "--aar", "2025", "--format", "pdf"], "Verdien til --format"),
        (["demo", "--aar", "2026-2024"], "--aar skrives A-B"),
        (["demo", "--familier", "0"], "Verdien til --familier"),
        (["user", "add", "ny1", "--rolle", "sjef:nav"], "--rolle skrives rolle:enhet."),
        (["db", "downgrade", "base"], "legg til --ja"),
    ],
)
def test_wrong_use_is_told_in_one_line_and_code_2(
    ord_: list[str], melding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as slutt:
        main(ord_)
    ut = capsys.readouterr()
    assert slutt.value.code == 2
    assert melding in ut.err
    assert ut.err.strip().count("\n") == 0
    assert "--help" in ut.err


def test_a_group_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as slutt:
        main(["user"])
    assert slutt.value.code == 2
    assert "Kommandoer" in "".join(capsys.readouterr())


def test_the_sheet_of_roles_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["matrise"])
    linjer = capsys.readouterr().out.splitlines()
    assert len(linjer) == 2 + sum(len(rettigheter) for rettigheter in MATRISE.values())
    assert any(linje.startswith("Henviser") and "sak:les" in linje and "egen enhet" in linje for linje in linjer)
    assert all(any(linje.startswith(rolle.tekst) for linje in linjer) for rolle in Rolle)
    assert (
        len({linje.index(rettighet) for linje, rettighet in ((li, "plan:les") for li in linjer if "plan:les" in li)})
        == 1
    )


def test_columns_line_up() -> None:
    assert tabell(("A", "Bb"), [("aaa", "b")]) == "A    Bb\n---  --\naaa  b"


def test_a_process_of_its_own_ends_with_the_same_codes(tom: Skall) -> None:
    svar = tom.prosess("user", "list")
    assert (svar.returncode, svar.stdout) == (1, "")
    assert "Traceback" not in svar.stderr
    assert "koordinering init" in svar.stderr
    assert tom.prosess("user", "finnes-ikke").returncode == 2


def test_before_init_the_way_is_told(tom: Skall) -> None:
    assert "koordinering init" in tom.feil("user", "list")
    svar = tom("db", "status")
    assert (svar.returncode, "finnes ikke" in svar.stdout) == (1, True)
    assert not list(tom.data.glob("*.sqlite3")), "what is only looked for is not made"


def test_init_is_safe_to_repeat_and_keeps_its_keys(klar: Skall) -> None:
    noekler = (klar.data / "noekler.json").read_bytes()
    klar.ok("init")
    assert (klar.data / "noekler.json").read_bytes() == noekler
    assert stat.S_IMODE((klar.data / "noekler.json").stat().st_mode) == 0o600
    assert "Nyeste" in klar.ok("db", "status")


def test_a_database_without_its_keys_is_never_given_new_ones(tom: Skall) -> None:
    tom.ok("init")
    (tom.data / "noekler.json").unlink()
    assert "sikkerhetskopien" in tom.feil("init")
    assert not (tom.data / "noekler.json").exists()


def test_the_schema_goes_down_and_up(tom: Skall) -> None:
    opp = tom("db", "upgrade").stderr
    assert re.findall(r"Versjon (\d+) er lagt til", opp) == sorted(re.findall(r"\d{4}", opp))
    assert "tomt" in tom.ok("db", "downgrade", "base", "--ja")
    assert tom("db", "status").returncode == 1
    tom.ok("db", "upgrade")
    assert tom("db", "status").returncode == 0
    tom.ok("init")  # in the wrong order: nothing is in it that other keys could open
    assert "ny4" in tom.ok("user", "add", "ny4", "--rolle", "henviser:nav")


def test_users_are_made_listed_locked_and_given_passwords(klar: Skall) -> None:
    svar = klar.ok("user", "add", "ny1", "--navn", "Nav-veileder 9", "--rolle", "henviser:nav")
    passord = svar.split()[-1]
    assert len(passord) >= 16
    assert "ny1" in klar.ok("user", "list")
    assert "i bruk" in klar.feil("user", "add", "ny1", "--rolle", "henviser:nav")
    assert "Enheten finnes ikke" in klar.feil("user", "add", "ny2", "--rolle", "henviser:zzz")
    assert "ikke holdes av samme person" in klar.feil(
        "user", "add", "ny2", "--rolle", "henviser:nav", "--rolle", "koordinator:nav"
    )
    klar.ok("user", "lock", "ny1")
    assert "låst" in next(linje for linje in klar.ok("user", "list").splitlines() if linje.startswith("ny1"))
    klar.ok("user", "unlock", "NY1")
    assert klar.ok("user", "password", "ny1").split()[-1] != passord
    assert "finnes ikke" in klar.feil("user", "lock", "ukjent9")
    rolle = ("ny1", "mottaker:to_kulturskole")
    assert "har fått rollen" in klar.ok("user", "grant", *rolle, "--til", "31.12.2030")
    assert "hele eller deler av tiden" in klar.feil("user", "grant", *rolle)
    assert "bekreftet" in klar.ok("user", "confirm", *rolle)
    assert "avsluttet" in klar.ok("user", "end", *rolle)
    assert "har ikke rollen" in klar.feil("user", "end", *rolle)
    klar.ok("user", "add", "system9", "--rolle", "systemforvalter:ikt")
    slutt = ("user", "end", "system9", "systemforvalter:ikt", "--til", "2030-01-01")
    assert "siste systemforvalteren" in klar.feil(*slutt)


def test_a_role_in_two_periods_is_listed_with_both_and_ended_one_at_a_time(klar: Skall) -> None:
    klar.ok("user", "add", "ny3", "--rolle", "henviser:nav")
    rolle = ("ny3", "mottaker:to_kulturskole")
    klar.ok("user", "grant", *rolle, "--til", "31.12.2030")
    assert "har fått rollen" in klar.ok("user", "grant", *rolle, "--fra", "2031-02-01", "--til", "2031-06-30")
    linje = next(linje for linje in klar.ok("user", "list").splitlines() if linje.startswith("ny3"))
    assert "mottaker:to_kulturskole til 31.12.2030" in linje
    assert "mottaker:to_kulturskole fra 01.02.2031 til 30.06.2031" in linje, "also what is to come"
    foerst = klar.ok("user", "end", *rolle)
    assert f"(fra {i_dag():%d.%m.%Y} til 31.12.2030) er avsluttet" in foerst
    assert "har rollen også fra 01.02.2031 til 30.06.2031" in foerst
    assert "Siste dag er 01.03.2031" in klar.ok("user", "end", *rolle, "--til", "01.03.2031")
    sist = klar.ok("user", "end", *rolle)
    assert "(fra 01.02.2031 til 01.03.2031) er avsluttet for ny3. Den begynner ikke." in sist


def test_a_plan_is_loaded_or_refused_with_every_line(tom: Skall, tmp_path: Path) -> None:
    tom.ok("init")
    fil = tmp_path / "nabo.yaml"
    fil.write_text(ANNEN_KOMMUNE, encoding="utf-8")
    assert "2 tiltak" in tom.ok("plan", "load", str(fil))
    assert "Ingenting er endret" in tom.ok("plan", "load", str(fil))
    fil.write_text(bytt("rolle: samarbeid", "rolle: venn", bytt("kadens: aarlig", "kadens: x")), encoding="utf-8")
    svar = tom("plan", "load", str(fil))
    assert svar.returncode == 1
    assert [linje.split(":")[0] for linje in svar.stderr.splitlines()] == ["nabo.yaml, linje 28", "nabo.yaml, linje 31"]
    assert "kan ikke leses" in tom.feil("plan", "load", str(tmp_path / "borte.yaml"))
    tom.ok("init")
    assert "Ingenting er endret" in tom.ok("plan", "load", _uendret(tmp_path)), "init leaves a loaded plan alone"


def _uendret(mappe: Path) -> str:
    fil = mappe / "igjen.yaml"
    fil.write_text(ANNEN_KOMMUNE, encoding="utf-8")
    return str(fil)


def test_a_report_is_of_a_year_there_is_something_of_and_never_in_the_place_of_another(
    klar: Skall, tmp_path: Path
) -> None:
    i_fjor, fil = i_dag().year - 1, tmp_path / "rapport.docx"
    for aar in ("1900", "2099", str(i_fjor - 30)):
        melding = klar.feil("plan", "rapport", "--aar", aar, "--ut", str(fil))
        assert melding == f"Det er ingenting å lage en rapport av for {aar}. Rapporten kan lages for {i_fjor}."
        assert not fil.exists()
    assert "utkast for" in klar.ok("plan", "rapport", "--aar", str(i_fjor), "--ut", str(fil))
    fil.write_bytes(b"min egen")
    assert "finnes fra før" in klar.feil("plan", "rapport", "--aar", str(i_fjor), "--ut", str(fil))
    assert fil.read_bytes() == b"min egen"
    klar.ok("plan", "rapport", "--aar", str(i_fjor), "--ut", str(fil), "--overskriv")
    assert fil.read_bytes().startswith(b"PK")


def test_a_day_that_no_month_has_and_one_that_has_not_come(klar: Skall) -> None:
    for ord_, melding in (
        (("audit", "verify", "--dag", "31.02.2026"), "--dag: 31.02.2026 finnes ikke: den måneden har 28 dager."),
        (("audit", "verify", "--dag", "2026-13-01"), "--dag: 2026-13-01 finnes ikke: månedene er fra 1 til 12."),
        (("audit", "verify", "--dag", "i går"), "--dag: skriv datoen som 2026-11-29 eller 29.11.2026."),
        (("audit", "verify", "--dag", "01.01.2099"), "--dag: 01.01.2099 er fram i tid"),
        (("audit", "export", "--fra", "2099-01-01"), "--fra: 01.01.2099 er fram i tid"),
        (("kommune", "sett", "--dpia-dato", "2026-02-30"), "--dpia-dato: 2026-02-30 finnes ikke"),
        (("user", "grant", "ny9", "henviser:nav", "--fra", "00.01.2027"), "--fra: 00.01.2027 finnes ikke"),
    ):
        assert klar.feil(*ord_, kode=2).startswith(melding)
    klar.ok("audit", "forsegl")
    assert "Alt er i orden" in klar.ok("audit", "verify", "--dag", f"{i_dag():%d.%m.%Y}")


def test_the_catalogue_of_tables(klar: Skall) -> None:
    linjer = klar.ok("statistikk", "tabeller").splitlines()
    assert linjer[0].startswith("Kode")
    assert len(linjer) >= 2 + 3
    assert "tabeller" in klar.feil("statistikk", "eksport", "--tabell", "zz", "--aar", "2025", "--format", "csv")


def test_the_new_year_tells_what_it_would_do_and_is_safe_twice(klar: Skall) -> None:
    i_fjor = str(i_dag().year - 1)
    vil = klar("aarsskifte", "--aar", i_fjor, "--dry-run")
    assert (vil.returncode, "Ingenting er endret" in vil.stdout) == (0, True)
    assert "åpnes." in vil.stdout
    assert " 55 nye kort" in klar.ok("aarsskifte", "--aar", str(i_dag().year), "--kort", "55", "--dry-run")
    assert klar("aarsskifte", "--aar", i_fjor, "--kort", "0").returncode == 2
    gjort, igjen = (klar("aarsskifte", "--aar", i_fjor) for _ in range(2))
    assert "åpnes." in gjort.stdout
    assert "er åpnet allerede." in igjen.stdout
    neste = klar("aarsskifte", "--aar", str(i_dag().year + 1))
    assert (neste.returncode, neste.stderr) == (1, "Året kan ikke avsluttes før i desember.\n")


def test_reminders_are_off_until_a_relay_is_set(klar: Skall) -> None:
    svar = klar.ok("plan", "paaminn", "--dry-run")
    assert svar.splitlines() == [
        "Ville sendt 0 e-poster om 0 vurderinger.",
        "Ingen e-posttjeneste er satt opp. Sett KOORDINERING_EPOST_VERT.",
    ]


def test_the_control_finds_what_does_not_add_up(klar: Skall) -> None:
    klar.ok("aarsskifte", "--aar", str(i_dag().year - 1))
    assert "Kort og plasser: 1 av 1 stemmer." in klar.ok("db", "kontroll")
    with closing(sqlite3.connect(klar.data / "koordinering.sqlite3", isolation_level=None)) as basen:
        basen.execute("UPDATE plass SET tilstand = 'stengt' WHERE nummer = 1")
        svar = klar("db", "kontroll")
        basen.execute("UPDATE plass SET tilstand = 'ledig' WHERE nummer = 1")
    assert (svar.returncode, svar.stderr) == (1, "")
    assert "Kort og plasser: 0 av 1 stemmer." in svar.stdout
    assert "40 i alt, 39 ledig, 0 holdt, 0 brukt." in svar.stdout


def test_production_refuses_what_belongs_to_the_demo(klar: Skall, tmp_path: Path) -> None:
    port = str(ledig_port())  # a demo may run beside the tests
    i_produksjon = Skall(klar.data, "produksjon")
    i_produksjon.miljoe["PORT"] = port
    assert "laget for demo" in i_produksjon.feil("user", "list")
    assert "laget for demo" in i_produksjon.feil("serve")
    ny = Skall(tmp_path / "prod", "produksjon")
    ny.miljoe["PORT"] = port
    assert "bare i demo" in ny.feil("start-demo")
    assert "bare i demo" in ny.feil("demo")
    assert "koordinering init" in ny.feil("serve")


def test_production_begins_with_one_system_administrator(tmp_path: Path) -> None:
    prod = Skall(tmp_path / "prod", "produksjon")
    assert "--brukernavn" in prod.feil("init", kode=2)
    ut = prod.ok("init", "--brukernavn", "sjef")
    assert "Midlertidig passord" in ut
    brukere = prod.ok("user", "list").splitlines()
    assert len(brukere) == 3
    assert "systemforvalter:ikt" in brukere[2]
    assert "Saker kobles ikke" in prod.ok("kommune", "vis")
    assert "fra før" in prod.ok("init")
    assert "siste systemforvalteren" in prod.feil("user", "lock", "sjef")


def test_the_demo_is_refused_where_production_is(tmp_path: Path) -> None:
    prod = Skall(tmp_path / "prod", "produksjon")
    prod.ok("init", "--brukernavn", "sjef")
    brukere = prod.ok("user", "list")
    som_demo = Skall(prod.data)
    som_demo.miljoe["PORT"] = str(ledig_port())
    for ord_ in ("start-demo", "demo"):
        assert "laget for produksjon" in som_demo.feil(ord_)
    annen_mappe = Skall(tmp_path / "demo")
    annen_mappe.miljoe |= {
        "KOORDINERING_DATABASE_URL": f"sqlite:///{prod.data / 'koordinering.sqlite3'}",
        "PORT": str(ledig_port()),
    }
    for ord_ in ("start-demo", "demo"):
        assert "ikke en demo" in annen_mappe.feil(ord_)
    assert not list(annen_mappe.data.iterdir()), "neither keys nor a password"
    assert not (prod.data / "demo-passord").exists()
    assert prod.ok("user", "list") == brukere


def test_a_wrong_setting_is_told(tom: Skall) -> None:
    tom.miljoe["KOORDINERING_MILJOE"] = "test"
    assert "demo eller produksjon" in tom.feil("init")
    tom.miljoe["KOORDINERING_MILJOE"] = "demo"
    tom.miljoe["PORT"] = "0"
    assert tom.feil("serve").startswith("PORT")


@pytest.mark.parametrize(
    ("innstilling", "verdi", "melding"),
    [
        ("VERTER", "https://koordinering.kommunen.no", "kan ikke ha «https://koordinering.kommunen.no»"),
        ("VERTER", "koordinering.kommunen.no localhost", "med komma mellom"),
        ("VERTER", "localhost,*.kommunen.no", "kan ikke ha «*.kommunen.no»"),
        ("VERTER", "localhost:8000", "uten https://, sti og port"),
        ("VERTER", ",", "kan ikke ha «,»"),
        ("VERTER", "999.1.1.1", "som koordinering.kommunen.no,localhost."),
        ("ADRESSE", "koordinering.kommunen.no", "som https://koordinering.kommunen.no."),
        ("ADRESSE", "https://koordinering.kommunen.no/sti", "uten sti"),
        ("ADRESSE", "https://koordinering.kommunen.no:99999", "kan ikke være «https://koordinering.kommunen.no:99999»"),
        ("ADRESSE", "https://-", "kan ikke være «https://-»"),
        ("ADRESSE", "http://koordinering.kommunen.no", "må begynne med https://"),
        ("LYTT", "localhost", "må være en IP-adresse, som 127.0.0.1"),
    ],
)
def test_a_name_or_an_address_that_is_none_stops_the_start(
    tmp_path: Path, innstilling: str, verdi: str, melding: str
) -> None:
    skall = Skall(tmp_path / "var", miljoe="produksjon")
    skall.miljoe[f"KOORDINERING_{innstilling}"] = verdi
    svar = skall.feil("init", "--brukernavn", "drift1")
    assert svar.startswith(f"KOORDINERING_{innstilling} ")
    assert melding in svar
    assert not skall.data.exists()


def test_names_and_addresses_are_taken_as_a_browser_sends_them() -> None:
    config = les_config(
        {
            "KOORDINERING_VERTER": "Koordinering.Kommunen.no, localhost,127.0.0.1,[::1],.region.no,blåbær.no,",
            "KOORDINERING_ADRESSE": "HTTPS://Koordinering.Kommunen.no:8443/",
        }
    )
    navn = ("koordinering.kommunen.no", "localhost", "127.0.0.1", "[::1]", ".region.no", "xn--blbr-roah.no")
    assert (config.verter, config.adresse) == (navn, "https://koordinering.kommunen.no:8443")


def _vent_paa(adresse: str, prosess: subprocess.Popen[bytes], sekunder: float = 60) -> None:
    slutt = time.monotonic() + sekunder
    while helse(adresse) != 200:
        assert prosess.poll() is None, "the server ended"
        assert time.monotonic() < slutt, "the server never answered"
        time.sleep(0.2)


def _barn(pid: int) -> set[int]:
    filer = Path(f"/proc/{pid}/task").glob("*/children")
    barn = {int(en) for fil in filer for en in fil.read_text().split()}
    return barn | {barnebarn for en in barn for barnebarn in _barn(en)}


def _lever(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGKILL])
def test_serve_answers_on_its_port_and_everything_ends_together(klar: Skall, signal_: signal.Signals) -> None:
    port = ledig_port()
    miljoe = {**klar.miljoe, "PORT": str(port)}
    prosess = subprocess.Popen([sys.executable, "-m", "koordinering.cli", "serve"], env=miljoe, stdout=subprocess.PIPE)
    try:
        _vent_paa(f"http://127.0.0.1:{port}", prosess)
        opptatt = subprocess.run(
            [sys.executable, "-m", "koordinering.cli", "serve"], env=miljoe, capture_output=True, text=True, check=False
        )
        assert (opptatt.returncode, f"Port {port} er i bruk" in opptatt.stderr) == (1, True)
        barn = _barn(prosess.pid)
        assert len(_jobber(barn)) == 1
        assert len(barn) >= 3, "two workers and the one that takes the jobs"
        prosess.send_signal(signal_)
        prosess.wait(timeout=30)
        slutt = time.monotonic() + 20
        while any(map(_lever, barn)) and time.monotonic() < slutt:
            time.sleep(0.1)
        assert not [pid for pid in barn if _lever(pid)], "somebody lives on"
    finally:
        if prosess.poll() is None:
            prosess.kill()
            prosess.wait(timeout=10)
        if prosess.stdout:
            prosess.stdout.close()


def _jobber(prosesser: Iterable[int]) -> set[int]:
    """Those that take the jobs; one that has ended since it was listed takes none."""
    funnet = set()
    for pid in prosesser:
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"jobb" in Path(f"/proc/{pid}/cmdline").read_bytes():
                funnet.add(pid)
    return funnet


def test_a_dead_job_worker_is_started_again(klar: Skall) -> None:
    port = ledig_port()
    prosess = subprocess.Popen(
        [sys.executable, "-m", "koordinering.cli", "serve"],
        env={**klar.miljoe, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )

    def jobber() -> set[int]:
        return _jobber(_barn(prosess.pid))

    try:
        _vent_paa(f"http://127.0.0.1:{port}", prosess)
        foerste = jobber()
        for pid in foerste:
            os.kill(pid, signal.SIGKILL)
        slutt = time.monotonic() + 20
        while (not jobber() - foerste) and time.monotonic() < slutt:
            time.sleep(0.2)
        assert jobber() - foerste
    finally:
        prosess.terminate()
        prosess.wait(timeout=30)


def test_start_demo_prints_every_login_and_starts_again_with_what_it_had(tom: Skall) -> None:
    del tom.miljoe["KOORDINERING_DEMO_PASSWORD"]
    foerste, passord = _start_demo(tom, 240)
    for rolle in Rolle:
        assert rolle.tekst in foerste
    fil = tom.data / "demo-passord"
    assert fil.read_text().strip() == passord
    assert stat.S_IMODE(fil.stat().st_mode) == 0o600
    andre, samme = _start_demo(tom, 60)

    def uten_tilfeldig(tekst: str) -> list[str]:  # the server's own lines about how it stopped come or do not
        return [linje for linje in tekst.replace(_adresse(tekst), "").splitlines() if not linje.startswith("[")]

    assert uten_tilfeldig(andre) == uten_tilfeldig(foerste)
    assert samme == passord
    assert "saker fra før" in tom.feil("demo")
    stilling = [linje.split() for linje in tom.ok("retention", "run", "--dry-run", "--uten-logg").splitlines()]
    enhetene = [linje for linje in stilling if linje and linje[-1].isdigit()]
    assert enhetene, "the town's first families have nearly had their time"
    assert {linje[-4] for linje in enhetene} == {"0"}, "and whose time is past is gone, as after any night"
    _hent_ut(tom)


def _hent_ut(skall: Skall) -> None:
    """Every table of the demo town, each in one of the formats; every format of the first one."""
    koder = [linje.split()[0] for linje in skall.ok("statistikk", "tabeller").splitlines()[2:]]
    formater = ("csv", "csv-excel", "xlsx")
    for nr, kode in enumerate(koder):
        for format_ in formater if nr == 0 else [formater[nr % 3]]:
            fil = skall.data / f"{kode}.{format_}"
            skall.ok("statistikk", "eksport", "--tabell", kode, "--aar", "2025", "--format", format_, "--ut", str(fil))
            assert fil.stat().st_size > 40
    svar = skall.prosess("statistikk", "eksport", "--tabell", koder[0], "--aar", "2025", "--format", "csv")
    assert svar.returncode == 0
    assert svar.stdout.split() == (skall.data / f"{koder[0]}.csv").read_text(encoding="utf-8").split()
    assert "ikke laget noen telling" in skall.feil(
        "statistikk", "eksport", "--tabell", koder[0], "--aar", "2001", "--format", "csv"
    )


def _adresse(tekst: str) -> str:
    return next(linje for linje in tekst.splitlines() if "http://localhost:" in linje)


def _start_demo(skall: Skall, sekunder: float) -> tuple[str, str]:
    """Start it, wait until it answers, stop it; what it printed, and the password."""
    port = ledig_port()
    utskrift = skall.data.parent / "utskrift"
    with utskrift.open("wb") as ut:
        prosess = subprocess.Popen(
            [sys.executable, "-m", "koordinering.cli", "start-demo"],
            env={**skall.miljoe, "PORT": str(port)},
            stdout=ut,
            stderr=subprocess.DEVNULL,
        )
    try:
        _vent_paa(f"http://127.0.0.1:{port}", prosess, sekunder)
    finally:
        prosess.terminate()
        prosess.wait(timeout=30)
    tekst = utskrift.read_text(encoding="utf-8")
    return tekst, next(linje for linje in tekst.splitlines() if linje.startswith("Passord")).split()[-1]


def test_the_papers_have_the_municipalitys_choices_and_the_templates_need_no_installation(
    klar: Skall, tom: Skall, tmp_path: Path
) -> None:
    klar.ok("kommune", "sett", "--personvern-kontor", "Ombudet i kommunen", "--personvern-epost", "o@eksempel.no")
    skrevet = klar.ok("papirer", "--ut", str(tmp_path / "ut")).splitlines()
    assert len(skrevet) == 16
    assert all("Ombudet i kommunen" in Path(fil).read_text() for fil in skrevet if "familier" in fil)
    maler = tom.ok("papirer", "--mal", "--ut", str(tmp_path / "mal"), "--format", "md").splitlines()
    assert len(maler) == 8
    assert "[fyll inn: kommunens navn]" in (tmp_path / "mal" / "dpia.md").read_text(encoding="utf-8")
    (tmp_path / "fil").touch()
    assert "fil" in klar.feil("papirer", "--ut", str(tmp_path / "fil"))
    assert klar.feil("kommune", "sett", "--personvern-epost", "ingen") == "E-postadressen er ikke riktig skrevet."
