"""What nobody types by accident: values, names, paths, headers, bodies and files that have broken servers before."""

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

MERKE = "kanariq7x"
"""Stands in what is sent, and must never stand in a log."""

VERDIER: tuple[str, ...] = (
    "",
    " ",
    "\u2003\u00a0",
    "\t\r\n",
    "a\x00b",
    f"\x00{MERKE}",
    "\x1b[31m",
    "\x7f\x85\u2028\u2029",
    "\ud800",
    "\udcff\udcfe",
    "\ufffe\uffff",
    "\U0010ffff" * 3,
    "\u202e" + MERKE,
    "e\u0301" * 40,
    "\u0600" * 5,
    "ﷺ" * 50,
    "🤷🏽‍♀️" * 30,
    "²",
    "٣",
    "１２３",
    "Ⅷ",
    "-1",
    "-0",
    "0",
    "00000000000000000001",
    "1e309",
    "1e-400",
    "NaN",
    "inf",
    "-Infinity",
    "0x10",
    "1_000",
    "1,5",
    "1.5.6",
    "9" * 19,
    "9" * 20,
    "9" * 5_000,
    str(2**31),
    str(2**63),
    str(-(2**63) - 1),
    str(2**70),
    "00.00.0000",
    "31.02.2026",
    "29.02.2025",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "31.12.99999",
    "2026-W53-7",
    "24:00",
    "true",
    "null",
    "undefined",
    "[]",
    "{}",
    "[object Object]",
    '{"$gt": ""}',
    "' OR '1'='1' --",
    "'; DROP TABLE sak; --",
    '"; SELECT pg_sleep(9); --',
    "%' ESCAPE '!",
    "%_\\%",
    f"<script>alert('{MERKE}')</script>",
    f"\"><img src=x onerror=alert('{MERKE}')>",
    f"'><svg/onload={MERKE}>",
    "</textarea></form><h1>x</h1>",
    "<!--",
    "]]>",
    "&#0;&#x110000;&nosuch;",
    "javascript:alert(1)",
    "{{7*7}}{% raise %}",
    "{{config}}",
    "${7*7}#{7*7}",
    "%(maks)d%s%n",
    "{0}{maks}",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "../../../../etc/passwd",
    "..\\..\\win.ini",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "//ond.example/",
    "/\\ond.example",
    f"a\r\nX-{MERKE}: 1",
    f"%0d%0aX-{MERKE}:%201",
    "() { :; }; echo x",
    "`id`",
    "$(id)",
    "a" * 201,
    "å" * 10_000,
    "a " * 20_000,
    "((((((((((" * 500,
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    "1" * 40 + "x",
    "01911599968",
    "30108299939",
    MERKE,
)

NAVN: tuple[str, ...] = (
    "",
    "a" * 3_000,
    "æøå",
    "\ud800",
    "barn-²-x",
    "barn--1-fnr",
    "barn-" + "9" * 400 + "-fnr",
    "barn-٣-fnr",
    "__class__",
    "__proto__",
    "constructor.prototype",
    "data",
    "form.data",
    "csrf_token",
    "csrf_token[]",
    "id",
    "side",
    "a[b][c][d]",
    "a.b.c",
    "a\x00b",
    "a\r\nb",
    MERKE,
)

STIER: tuple[Callable[[str], str], ...] = (
    lambda sti: sti + "/",
    lambda sti: "/" + sti,
    lambda sti: sti.replace("/", "//"),
    lambda sti: sti + "/..",
    lambda sti: "/.." + sti,
    lambda sti: "/static/.." + sti,
    lambda sti: "/static/%2e%2e/%2e%2e/etc/passwd",
    lambda sti: "/static/..%c0%af..%c0%afetc/passwd",
    lambda sti: "/static/x/koordinering.sqlite3",
    lambda sti: "/static//etc/passwd",
    lambda sti: sti + "%00",
    lambda sti: sti + "%0d%0aX-Kanari:1",
    lambda sti: sti + ";jsessionid=1",
    lambda sti: sti + ".json",
    lambda sti: sti + "%20",
    lambda sti: sti + "%",
    lambda sti: sti + "%zz",
    lambda sti: sti + "%ed%a0%80",
    lambda sti: sti + "\\",
    lambda sti: sti.upper(),
    lambda sti: "/" + "a" * 8_000,
    lambda sti: "/" + "a/" * 2_000,
    lambda sti: "/.git/config",
    lambda sti: "/.env",
    lambda sti: "/console",
    lambda sti: "/?" + "a" * 8_000,
    lambda sti: "*",
    lambda sti: "",
    lambda sti: "http://ond.example" + sti,
    lambda sti: "//ond.example" + sti,
)

METODER = ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "CONNECT", "PROPFIND", "POST ", "get", "X" * 300, "Å")

HODER: tuple[tuple[str, str], ...] = (
    ("HTTP_HOST", "ond.example"),
    ("HTTP_HOST", "localhost:99999"),
    ("HTTP_HOST", "localhost\r\nX: y"),
    ("HTTP_HOST", ""),
    ("HTTP_HOST", "[::1"),
    ("HTTP_HOST", "a" * 5_000),
    ("HTTP_COOKIE", "koordinering=" + "x" * 5_000),
    ("HTTP_COOKIE", "koordinering=eyJvayI6MX0.aaaa.bbbb"),
    ("HTTP_COOKIE", "koordinering=.eJw" + "\xff" * 20),
    ("HTTP_COOKIE", "=;=;;;a=\x00;" * 200),
    ("HTTP_X_FORWARDED_FOR", "1.2.3.4, " * 500),
    ("HTTP_X_FORWARDED_HOST", "ond.example"),
    ("HTTP_X_FORWARDED_PROTO", "gopher"),
    ("HTTP_X_FORWARDED_PREFIX", "//ond.example"),
    ("HTTP_X_ORIGINAL_URL", "/brukere"),
    ("HTTP_X_HTTP_METHOD_OVERRIDE", "DELETE"),
    ("HTTP_ACCEPT_LANGUAGE", "xx-" + "y" * 4_000),
    ("HTTP_ACCEPT_LANGUAGE", "*;q=nan,nb;q=-1,,;;"),
    ("HTTP_ACCEPT", "\x00/*;q=1e999"),
    ("HTTP_USER_AGENT", f"{MERKE}\x1b[2J"),
    ("HTTP_REFERER", f"javascript:{MERKE}"),
    ("HTTP_ORIGIN", "null"),
    ("HTTP_RANGE", "bytes=0-,-1,5-1," + "1-2," * 500),
    ("HTTP_IF_NONE_MATCH", '"' * 1_000),
    ("HTTP_IF_MODIFIED_SINCE", "Thu, 99 Foo 99999 99:99:99 GMT"),
    ("HTTP_AUTHORIZATION", "Basic " + "=" * 300),
    ("HTTP_AUTHORIZATION", "Basic \xff\xfe"),
    ("HTTP_TRANSFER_ENCODING", "chunked"),
    ("HTTP_CONTENT_ENCODING", "gzip"),
    ("HTTP_EXPECT", "100-continue"),
    ("CONTENT_LENGTH", "-1"),
    ("CONTENT_LENGTH", "9" * 30),
    ("CONTENT_LENGTH", "1_0"),
    ("CONTENT_LENGTH", "x"),
    ("CONTENT_LENGTH", "3000000"),
    ("HTTP_X_CSRFTOKEN", "\x00"),
    ("REMOTE_ADDR", ""),
    ("REMOTE_ADDR", "::ffff:1.2.3.4%eth0"),
    ("REMOTE_ADDR", MERKE),
    ("SERVER_PROTOCOL", "HTTP/0.9"),
)

_GRENSE = b"--x"
KROPPER: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"csrf_token": null, "navn": [1, {"a": []}]}'),
    ("application/json", b"[" * 50_000),
    ("application/json; charset=utf-16", b"\xff\xfe{"),
    ("application/x-www-form-urlencoded", b"=&=&&&%&%=%&a=%ff%fe&%00=%00"),
    ("application/x-www-form-urlencoded", b"a=" + b"%" * 3_000),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % nr for nr in range(3_000))),
    ("application/x-www-form-urlencoded; charset=nope", b"a=\xe5"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+ADw-script+AD4-"),
    ("application/x-www-form-urlencoded", b"\xff\xfe\x00a\x00=\x00b"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n--"),
    ("multipart/form-data; boundary=" + "x" * 2_000, b"--x"),
    ("multipart/form-data; boundary=x", _GRENSE),
    ("multipart/form-data; boundary=x", _GRENSE + b"\r\n\r\nuten hode\r\n--x--"),
    ("multipart/form-data; boundary=x", _GRENSE + b"\r\nContent-Disposition: form-data\r\n\r\nuten navn\r\n--x--"),
    ("multipart/form-data; boundary=x", _GRENSE + b'\r\nContent-Disposition: form-data; name="a\r\n\r\navbrutt'),
    (
        "multipart/form-data; boundary=x",
        b"".join(_GRENSE + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(2_500))
        + b"--x--",
    ),
    (
        "multipart/form-data; boundary=x",
        _GRENSE + b"\r\n" + b"A: " + b"b" * 40_000 + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--x--',
    ),
    (
        "multipart/form-data; boundary=x",
        _GRENSE
        + b'\r\nContent-Disposition: form-data; name="fil"; filename="../../\x00\xff.csv"\r\n'
        + b"Content-Type: \xff/\x00\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\n--x--",
    ),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ("\x00/\xff", b"\x00" * 100),
    ("", b"a=1"),
)


_ARTER = b"application/vnd.openxmlformats-"
_SLAG = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="%spackage.'
    b'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="%sofficedocument.spreadsheetml.sheet.main'
    b'+xml"/><Override PartName="/xl/worksheets/s.xml" ContentType="%sofficedocument.spreadsheetml.worksheet+xml"/>'
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="%sofficedocument.spreadsheetml.sharedStrings+xml"/>'
    b"</Types>" % ((_ARTER,) * 4)
)


def _xlsx(ark: bytes, **resten: bytes) -> bytes:
    """A workbook of one sheet with this content, and other parts by name."""
    ut = io.BytesIO()
    rel = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    lenke = b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    lenke += b'%s" Target="%s"/>'
    deler = {
        "[Content_Types].xml": _SLAG,
        "_rels/.rels": rel % (lenke % (b"officeDocument", b"xl/workbook.xml")),
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        b'<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": rel % (lenke % (b"worksheet", b"worksheets/s.xml")),
        "xl/worksheets/s.xml": ark,
        **resten,
    }
    with zipfile.ZipFile(ut, "w", zipfile.ZIP_DEFLATED) as pakke:
        for navn, innhold in deler.items():
            pakke.writestr(navn, innhold)
    return ut.getvalue()


_ARK = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
_CELLE = b'<c t="inlineStr"><is><t>%s</t></is></c>'
_LATTER = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "haha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (nr, b"&a%d;" % (nr - 1) * 10) for nr in range(1, 11))
    + b"]>"
)


def _loegn(pakke: bytes) -> bytes:
    """The same package, whose directory says that each part unpacks to ten bytes."""
    ut, fra = bytearray(pakke), 0
    while (fra := pakke.find(b"PK\x01\x02", fra)) >= 0:
        ut[fra + 24 : fra + 28] = (10).to_bytes(4, "little")
        fra += 4
    return bytes(ut)


@cache
def filer() -> tuple[bytes, ...]:
    """Files that are no list: of the wrong kind, cut off, packed to burst, with entities, lying of their size."""
    stor = _xlsx(_ARK % (b"<row>" + _CELLE % (b"a" * 60_000_000) + b"</row>"))
    bred = _xlsx(_ARK % b"".join(b'<row r="%d">%s</row>' % (nr, _CELLE % b"a" * 200) for nr in range(1, 400)))
    latter = _xlsx(_LATTER + _ARK % (b"<row>" + _CELLE % b"&a10;" + b"</row>"))
    utenfra = _xlsx(
        b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _ARK % (b"<row>" + _CELLE % b"&x;" + b"</row>")
    )
    langt_nede = _xlsx(_ARK % (b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>a</t></is></c></row>'))
    dyp = _xlsx(_ARK % (b"<row>" + b"<c>" * 30_000 + b"</c>" * 30_000 + b"</row>"))
    tekster = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
    delte = _xlsx(
        _ARK % b'<row r="1"><c t="s"><v>99999999</v></c></row>',
        **{"xl/sharedStrings.xml": tekster % (b"<si><t>a</t></si>" * 500_000)},
    )
    mange = io.BytesIO()
    with zipfile.ZipFile(mange, "w") as pakke:
        for nr in range(5_000):
            pakke.writestr(f"../../{nr}", b"")
    i_hverandre = io.BytesIO()
    with zipfile.ZipFile(i_hverandre, "w", zipfile.ZIP_DEFLATED) as pakke:
        pakke.writestr("a.xlsx", stor)
    return (
        b"",
        b"PK",
        b"PK\x03\x04" + b"\x00" * 200,
        b"PK\x05\x06" + b"\x00" * 18,
        stor,
        _loegn(stor),
        stor[: len(stor) // 2],
        bred,
        latter,
        utenfra,
        langt_nede,
        dyp,
        delte,
        mange.getvalue(),
        i_hverandre.getvalue(),
        b"%PDF-1.7\n" + MERKE.encode(),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 500,
        b"\x1f\x8b\x08" + b"\x00" * 50,
        b"\xff\xfe" + "a;b\n1;2\n".encode("utf-16-le"),
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf" * 3 + b"a;b\n",
        b'"' * 100_000,
        b'a;"' + b"\n" * 200_000,
        b"a;b\n" + b"1;2\n" * 100_000,
        b";" * 500_000,
        b"a" * 900_000,
        b"tiltak;navn\n=cmd|' /C calc'!A0;\x85\xa0\n",
        "år;måned;kategori;utlån\n9999999999;13;x;-1\n".encode(),
        "år;måned;kategori;utlån\n".encode("latin-1") + b"\xe5\xf8;\n",
    )


FILNAVN = ("liste.xlsx", "liste.csv", "../../x.csv", "a\x00.csv", "", "x" * 3_000, 'a"; b="c.csv', "å.exe")


def fil(lotteri: random.Random) -> tuple[str, bytes, str]:
    """A file as a browser sends one: its name and its kind say nothing of what it is."""
    navn = lotteri.choice(
        ("liste.xlsx", "liste.csv", "../../x.csv", "a\x00.csv", "", "x" * 3_000, 'a"; b="c.csv', "å.exe")
    )
    slag = lotteri.choice(("text/csv", "application/zip", "image/png", "", "text/html; charset=utf-7"))
    return navn, lotteri.choice(filer()), slag
