"""Makes malformed requests from a seed: every route and field that the product's own pages tell of, spoilt one way."""

import io
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes, urlsplit

from tests.misdannet.verdier import HODER, KROPPER, METODER, NAVN, STIER, VERDIER, fil

Felter = list[tuple[str, str]]


@dataclass(frozen=True)
class Maal:
    """Somewhere to send something: who may, where to, and the fields with values that would do."""

    hvem: str | None
    """User name; None is a stranger."""
    metode: str
    sti: str
    felter: tuple[tuple[str, str], ...] = ()
    filfelt: str | None = None


@dataclass(frozen=True)
class Foresporsel:
    """What is sent, as bytes and WSGI variables: no client stands between to make it decent."""

    hvem: str | None
    metode: str
    sti: str
    """Percent-encoded, or not."""
    query: bytes
    kropp: bytes
    hoder: Mapping[str, str]
    art: str
    """Which way it was spoilt."""

    def miljo(self) -> dict[str, object]:
        """The WSGI environment, as a server that checks little would hand it over."""
        sti = re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), _raa(self.sti))
        return {
            "REQUEST_METHOD": self.metode,
            "SCRIPT_NAME": "",
            "PATH_INFO": sti.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "CONTENT_LENGTH": str(len(self.kropp)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.kropp),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **self.hoder,
        }


def _raa(tekst: str) -> bytes:
    return tekst.encode("utf-8", "surrogatepass")


def _kodet(felter: Sequence[tuple[str, str]]) -> bytes:
    par = (f"{quote_from_bytes(_raa(navn))}={quote_from_bytes(_raa(verdi))}" for navn, verdi in felter)
    return "&".join(par).encode()


_SKJEMA = "application/x-www-form-urlencoded"


def _flerdelt(felter: Sequence[tuple[str, str]], filfelt: str, lagt_ved: tuple[str, bytes, str]) -> bytes:
    navn, innhold, slag = lagt_ved
    deler = [b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (_raa(n), _raa(v)) for n, v in felter]
    hode = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
    return b"".join([*deler, hode % (_raa(filfelt), _raa(navn), _raa(slag)), innhold, b"\r\n--x--\r\n"])


@dataclass
class _Skjema:
    metode: str
    handling: str
    felter: Felter = field(default_factory=list)
    filfelt: str | None = None


class Skjemaleser(HTMLParser):
    """The forms of a page with their fields, and the addresses with a query that it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.skjemaer: list[_Skjema] = []
        self.lenker: set[str] = set()
        self._aapent: _Skjema | None = None
        self._valg: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        a = {navn: verdi or "" for navn, verdi in attrs}
        if tag == "form":
            self._aapent = _Skjema(a.get("method", "get").upper(), a.get("action", ""))
            self.skjemaer.append(self._aapent)
        elif tag == "a" and "?" in a.get("href", "") and a["href"].startswith("/"):
            self.lenker.add(a["href"])
        elif self._aapent is not None and tag in {"input", "select", "textarea", "button"}:
            self._felt(self._aapent, tag, a)
        elif tag == "option" and self._valg and self._aapent is not None:
            self._option(self._aapent, a)

    def _felt(self, skjema: _Skjema, tag: str, a: Mapping[str, str]) -> None:
        navn = a.get("name", "")
        self._valg = navn if tag == "select" else None
        if not navn or navn == "csrf_token":
            return
        if a.get("type") == "file":
            skjema.filfelt = navn
        elif tag != "select" and not (a.get("type") in {"radio"} and navn in dict(skjema.felter)):
            skjema.felter.append((navn, a.get("value", "")))

    def _option(self, skjema: _Skjema, a: Mapping[str, str]) -> None:
        """The last choice of a list that is not empty, or the one that is chosen."""
        navn = self._valg or ""
        if navn not in dict(skjema.felter) or "selected" in a:
            skjema.felter = [(n, v) for n, v in skjema.felter if n != navn] + [(navn, a.get("value", ""))]

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._aapent = None
        elif tag == "select":
            self._valg = None


def maal_paa_siden(html: str, hvem: str | None, url: str) -> list[Maal]:
    """The page itself, its forms, and what it links to with a query."""
    leser = Skjemaleser()
    leser.feed(html)
    sti, query = _delt(url)
    ut = [Maal(hvem, "GET", sti, tuple(query))]
    for skjema in leser.skjemaer:
        til, medfoelger = _delt(skjema.handling or url)
        ut.append(Maal(hvem, skjema.metode, til, (*medfoelger, *skjema.felter), skjema.filfelt))
    ut += [Maal(hvem, "GET", *_som_maal(lenke)) for lenke in sorted(leser.lenker)[:3]]
    return ut


def _som_maal(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    sti, query = _delt(url)
    return sti, tuple(query)


def _delt(url: str) -> tuple[str, Felter]:
    delt = urlsplit(url)
    query = [tuple(par.partition("=")[::2]) for par in delt.query.split("&") if par]
    return delt.path, [(navn, verdi) for navn, verdi in query]


Spoiler = Callable[["Generator", Maal, str], Foresporsel]


class Generator:
    """One seed, one sequence of requests."""

    def __init__(self, maal: Sequence[Maal], froe: int) -> None:
        self.lotteri = random.Random(froe)  # noqa: S311 - a seed gives the same sequence; nothing is secret
        self.maal = maal

    def __call__(self, antall: int, token: Callable[[str | None], str]) -> Iterator[Foresporsel]:
        """So many of them. `token` gives the form token of whoever sends."""
        vekter = [vekt for vekt, _ in MAATER]
        for _ in range(antall):
            maal = self.lotteri.choice(self.maal)
            ((_, maate),) = self.lotteri.choices(MAATER, vekter)
            yield maate(self, maal, token(maal.hvem) if maal.metode == "POST" else "")

    def send(self, maal: Maal, token: str, felter: Sequence[tuple[str, str]], art: str, **hoder: str) -> Foresporsel:
        """The fields where the method has them: in the address or in the body."""
        if maal.metode != "POST":
            return Foresporsel(maal.hvem, maal.metode, maal.sti, _kodet(felter), b"", hoder, art)
        kropp = _kodet([("csrf_token", token), *felter])
        hoder = {"CONTENT_TYPE": _SKJEMA, **hoder}
        return Foresporsel(maal.hvem, "POST", maal.sti, b"", kropp, hoder, art)


def _ett_felt(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """One field wrong, the rest as they would be."""
    felter = list(maal.felter) or [(g.lotteri.choice(NAVN), "")]
    nr = g.lotteri.randrange(len(felter))
    felter[nr] = (felter[nr][0], g.lotteri.choice(VERDIER))
    return g.send(maal, token, felter, "one field")


def _alle_felt(g: Generator, maal: Maal, token: str) -> Foresporsel:
    return g.send(maal, token, [(navn, g.lotteri.choice(VERDIER)) for navn, _ in maal.felter], "all fields")


def _mangler(g: Generator, maal: Maal, token: str) -> Foresporsel:
    felter = [par for par in maal.felter if g.lotteri.random() < 0.6]
    return g.send(maal, token, felter, "fields left out")


def _flere(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """A field many times, as a list, as a map, or under a name of its own."""
    felter = list(maal.felter)
    navn = g.lotteri.choice(felter)[0] if felter else "side"
    ny = g.lotteri.choice((navn, f"{navn}[]", f"{navn}[0]", f"{navn}.a", f"{navn}-0", f"{navn}-navn", *NAVN))
    felter += [(ny, g.lotteri.choice(VERDIER)) for _ in range(g.lotteri.choice((1, 2, 30)))]
    g.lotteri.shuffle(felter)
    return g.send(maal, token, felter, "more fields")


def _i_adressen(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """What belongs in the body in the address too, and what belongs in neither."""
    felter = [*maal.felter, (g.lotteri.choice(("side", "sorter", "q", *NAVN)), "")]
    query = _kodet([(navn, g.lotteri.choice(VERDIER)) for navn, _ in felter])
    spoilt = g.send(maal, token, maal.felter, "query")
    return Foresporsel(maal.hvem, maal.metode, maal.sti, query[:20_000], spoilt.kropp, spoilt.hoder, "query")


def _nummeret(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """A part of the address that is a key is something else."""
    deler = maal.sti.split("/")
    nr = g.lotteri.randrange(1, len(deler)) if len(deler) > 1 else 0
    deler[nr] = quote_from_bytes(_raa(g.lotteri.choice(VERDIER)[:2_000]), safe="/")
    ny = Maal(maal.hvem, maal.metode, "/".join(deler), maal.felter)
    return g.send(ny, token, maal.felter, "key")


def _stien(g: Generator, maal: Maal, token: str) -> Foresporsel:
    ny = Maal(maal.hvem, maal.metode, g.lotteri.choice(STIER)(maal.sti), maal.felter)
    return g.send(ny, token, maal.felter, "path")


def _metoden(g: Generator, maal: Maal, token: str) -> Foresporsel:
    som = g.send(maal, token, maal.felter, "method")
    return Foresporsel(maal.hvem, g.lotteri.choice(METODER), som.sti, som.query, som.kropp, som.hoder, "method")


def _hodene(g: Generator, maal: Maal, token: str) -> Foresporsel:
    hoder = dict(g.lotteri.sample(HODER, 2))
    return g.send(maal, token, maal.felter, "headers", **hoder)


def _kroppen(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """A body of another kind; half of them with a token, so that it is read."""
    slag, kropp = g.lotteri.choice(KROPPER)
    if slag.startswith(_SKJEMA) and g.lotteri.random() < 0.5:
        kropp = _kodet([("csrf_token", token)]) + b"&" + kropp
    return Foresporsel(maal.hvem, "POST", maal.sti, b"", kropp, {"CONTENT_TYPE": slag}, "body")


def _stort(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """More than anything may be: a field over half a megabyte, or a body over two."""
    stoerrelse = g.lotteri.choice((600_000, 2_200_000))
    kropp = _kodet([("csrf_token", token), *maal.felter]) + b"&a=" + b"b" * stoerrelse
    return Foresporsel(maal.hvem, "POST", maal.sti, b"", kropp, {"CONTENT_TYPE": _SKJEMA}, "large")


def med_fil(maal: Maal, token: str, lagt_ved: tuple[str, bytes, str]) -> Foresporsel:
    """The form with this file: its name, its bytes and what it is said to be."""
    kropp = _flerdelt([("csrf_token", token), *maal.felter], maal.filfelt or "fil", lagt_ved)
    hoder = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return Foresporsel(maal.hvem, "POST", maal.sti, b"", kropp, hoder, "file")


def _filen(g: Generator, maal: Maal, token: str) -> Foresporsel:
    """A file where one is taken, and where none is."""
    med = [m for m in g.maal if m.filfelt]
    if med and g.lotteri.random() < 0.9:
        maal = g.lotteri.choice(med)
    return med_fil(maal, token, fil(g.lotteri))


MAATER: tuple[tuple[int, Spoiler], ...] = (
    (24, _ett_felt),
    (16, _alle_felt),
    (8, _mangler),
    (10, _flere),
    (8, _i_adressen),
    (8, _nummeret),
    (6, _stien),
    (3, _metoden),
    (6, _hodene),
    (7, _kroppen),
    (1, _stort),
    (3, _filen),
)
"""How often each way is taken, of a hundred."""
