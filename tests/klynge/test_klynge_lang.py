"""The same for real: `koordinering serve` on three machines behind nginx and Caddy, on a network of the test's own.

Where no network can be made, everything is on the loopback; where a proxy is not there, the test's own is asked.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from koordinering import signatur
from koordinering.config import Config
from tests.klynge.foran import PROXYER, finn
from tests.klynge.last import Last
from tests.klynge.nett import Nett, finnes
from tests.klynge.postgres import Postgres
from tests.klynge.proxy import Proxy
from tests.klynge.test_klynge import ROLLE, adressen, gjoer_opp, klargjoer, ledig_port, maskinens, to_tjenere
from tests.tjener import helse, kommando, miljo

pytestmark = [pytest.mark.lang, pytest.mark.bare_postgresql, pytest.mark.timeout(1500)]

APP, BASE, FORAN = ("10.99.0.11", "10.99.0.12", "10.99.0.13"), ("10.99.0.21", "10.99.0.22"), "10.99.0.1"
LOKALT = {
    FORAN: "127.0.0.1",
    **dict(zip(APP, ("127.0.0.2", "127.0.0.3", "127.0.0.4"), strict=True)),
    **dict(zip(BASE, ("127.0.0.5", "127.0.0.6"), strict=True)),
}


class Maskin:
    """One machine that serves."""

    def __init__(self, config: Config, vert: str, foran: tuple[str, ...]) -> None:
        self.config, self.sted, self._foran = config, (vert, ledig_port(vert) if not foran else 8000), foran
        self._prosess: subprocess.Popen[bytes] | None = None

    def start(self, verter: str) -> None:
        """`koordinering serve`."""
        valg = {"KOORDINERING_LYTT": self.sted[0], "KOORDINERING_PROXYER": "1", "KOORDINERING_VERTER": verter}
        with (self.config.data.parent / f"{self.config.data.name}.log").open("ab") as logg:
            self._prosess = subprocess.Popen(  # noqa: S603 - our own command
                [*self._foran, *kommando("serve")],
                env=miljo(self.config, self.sted[1], KOORDINERING_DATABASE_VENT="10", **valg),
                stdout=logg,
                stderr=logg,
                start_new_session=True,
            )

    def vent(self) -> None:
        """Until it is ready."""
        frist = time.monotonic() + 120
        while helse("http://{}:{}".format(*self.sted)) != 200:
            assert time.monotonic() < frist, self.sted
            time.sleep(0.2)

    def drep(self) -> None:
        """kill -9 of all its processes: the server's, its workers' and the job worker's."""
        if self._prosess is not None:
            try:
                os.killpg(self._prosess.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self._prosess.wait(20)


@dataclass(frozen=True)
class Sted:
    """The network, the databases and the settings of three machines."""

    nett: Nett | None
    eier: Config
    configer: list[Config]
    verter: list[str]
    tjenere: tuple[Postgres, Postgres]

    @property
    def navn(self) -> str:
        """The host names that are answered."""
        return ",".join({*self.verter, FORAN, "127.0.0.1", "localhost"})


@contextmanager
def maskiner(sted: Sted) -> Iterator[list[Maskin]]:
    """Three of them, ready."""
    nett, navn = sted.nett, sted.navn
    par = zip(sted.configer, sted.verter, strict=True)
    alle = [Maskin(en, vert, nett.paa(vert) if nett else ()) for en, vert in par]
    try:
        for en in alle:
            en.start(navn)
        for en in alle:
            en.vent()
        yield alle
    finally:
        for en in alle:
            en.drep()


@contextmanager
def foran(navn: str, alle: list[Maskin], nett: Nett | None, mappe: Path) -> Iterator[str]:
    """The proxy's address."""
    program = finn(navn)
    if program is None:
        proxy = Proxy([en.sted for en in alle])
        yield proxy.adresse
        proxy.shutdown()
        proxy.server_close()
        return
    vert = FORAN if nett else "127.0.0.1"
    port = 8080 if nett else ledig_port(vert)
    verter = ["{}:{}".format(*en.sted) for en in alle]
    with PROXYER[navn](program, mappe / navn, nett.paa(FORAN) if nett else (), f"{vert}:{port}", verter):
        yield f"http://{vert}:{port}"


@contextmanager
def stedet(config: Config, uri: str, mappe: Path) -> Iterator[Sted]:
    """All of it, and gone again afterwards."""
    with ExitStack() as alt:
        nett = alt.enter_context(Nett([FORAN, *APP, *BASE])) if finnes() else None
        verter, baser = ([en if nett else LOKALT[en] for en in rekke] for rekke in (APP, BASE))
        tjenere = alt.enter_context(to_tjenere(uri, (baser[0], baser[1]), nett.paa if nett else lambda _: ()))
        eier = maskinens(config, mappe / "eier", config.database_url)
        signatur.lag_noekkel(eier.loggnoekkel)
        url = adressen(tjenere, ROLLE)
        eiers = replace(eier, database_url=adressen(tjenere, "postgres"))
        yield Sted(nett, eiers, [maskinens(eier, mappe / vert, url) for vert in verter], verter, tjenere)


def _arbeid(last: Last, sted: Sted, alle: list[Maskin], hvordan: str) -> float:
    """Kill a machine, start it again, and then the database; the seconds that the standby took."""
    last.vent_til(60, 300)
    en = random.choice(alle)  # noqa: S311 - no secret
    last.doede += 1
    en.drep()
    last.vent_til(60, 300)
    en.start(sted.navn)
    en.vent()
    last.vent_til(60, 300)
    foerste, andre = sted.tjenere
    last.doede += 1
    if hvordan == "kabelen" and sted.nett:
        sted.nett.kutt(foerste.vert)
    else:
        foerste.drep()
    startet = time.monotonic()
    andre.ta_over()
    tok = time.monotonic() - startet
    last.vent_til(120, 300)
    return tok


@pytest.mark.parametrize("proxy", list(PROXYER))
@pytest.mark.parametrize("hvordan", ["drept", "kabelen"])
def test_a_machine_dies_and_is_started_and_then_the_database(
    config: Config, pg_server: str, tmp_path: Path, hvordan: str, proxy: str
) -> None:
    with ExitStack() as alt:
        sted = alt.enter_context(stedet(config, pg_server, tmp_path))
        tilbud, henvisninger, foer = klargjoer(sted.eier, 40)
        alle = alt.enter_context(maskiner(sted))
        adresse = alt.enter_context(foran(proxy, alle, sted.nett, tmp_path))
        with Last(adresse, 8, tilbud, henvisninger) as last:
            tok = _arbeid(last, sted, alle, hvordan)
        r = last.regnskap
        print(  # noqa: T201 - the figures
            f"\n{hvordan}: nett {sted.nett is not None}, {proxy} {finn(proxy)}, sendt {r.sendt}, "
            f"bekreftet {len(r.saker)}, gitt {len(r.gitt)}, avslag {r.avslag}, ventesider {r.ventesider}, "
            f"på rad {r.paa_rad}, reserven tok over på {tok:.1f} s"
        )
        assert r.feil == []
        assert r.paa_rad <= 1, r
        assert r.uten_grunn == 0, r
        gjoer_opp(sted.eier, sted.eier.database_url, last, foer)
        for vert in sted.verter:
            assert [fil.name for fil in (tmp_path / vert).iterdir()] == ["noekler.json"], "nothing else on the disk"
