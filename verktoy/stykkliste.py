"""The software bill of materials of the release, as CycloneDX 1.6: `python -m verktoy.stykkliste FILE`.

Made from what is pinned: requirements.txt with its hashes, the packages' own word on their licence and needs, and
VENDOR.json for what the browser gets. The same tree gives the same file, so that two builds can be compared.
"""

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution, metadata, requires
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROT = Path(__file__).parents[1]
_PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """One line of the lock file."""

    navn: str
    versjon: str
    naar: str | None
    """On which machines, where not on all."""
    hasher: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package's name in every such list."""
        return f"pkg:pypi/{self.navn}@{self.versjon}"


def pins() -> list[Pin]:
    """What requirements.txt pins, in its order."""
    linjer = re.split(r"\n(?=\S)", (ROT / "requirements.txt").read_text(encoding="ascii").strip())
    ut = []
    for linje in linjer:
        funnet = _PIN.match(linje)
        if funnet is None:
            raise ValueError(f"not a pin: {linje.splitlines()[0]}")
        ut.append(Pin(funnet[1], funnet[2], funnet[3], tuple(_HASH.findall(linje))))
    return ut


def _lisens(navn: str) -> list[dict[str, Any]]:
    """What the installed package says of itself; nothing where it is for another machine than this."""
    try:
        om = metadata(navn)
    except PackageNotFoundError:
        return []
    if "License-Expression" in om:
        return [{"expression": om["License-Expression"]}]
    slag = [en.rpartition(" :: ")[2] for en in om.get_all("Classifier") or [] if en.startswith("License :: ")]
    navnet = [*slag, *(linje for en in om.get_all("License") or [] for linje in en.splitlines())]
    navnet = [*navnet, *_lisensfil(navn, om)][:1]
    return [{"license": {"name": en}} for en in navnet]


def _lisensfil(navn: str, om: PackageMetadata) -> list[str]:
    """The heading of the licence itself, where the package says it nowhere else."""
    filer = [str(en) for en in om.get_all("License-File") or []]
    tekster = (distribution(navn).read_text(f"licenses/{fil}") or "" for fil in filer)
    return [tekst.strip().splitlines()[0] for tekst in tekster if tekst.strip()]


def _komponent(pin: Pin) -> dict[str, Any]:
    sted = f"https://pypi.org/project/{pin.navn}/{pin.versjon}/"
    hasher = [{"alg": "SHA-256", "content": en} for en in sorted(pin.hasher)]
    ut: dict[str, Any] = {"type": "library", "bom-ref": pin.purl, "name": pin.navn, "version": pin.versjon}
    if lisens := _lisens(pin.navn):
        ut["licenses"] = lisens
    ut |= {"purl": pin.purl, "externalReferences": [{"type": "distribution", "url": sted, "hashes": hasher}]}
    if pin.naar:
        ut["properties"] = [{"name": "koordinering:naar", "value": pin.naar}]
    return ut


def _til_nettleseren() -> Iterator[dict[str, Any]]:
    for pakke in json.loads((ROT / "koordinering/static/vendor/VENDOR.json").read_text())["packages"]:
        purl = f"pkg:npm/{quote(pakke['name'], safe='/')}@{pakke['version']}"
        filer = [
            {
                "type": "file",
                "bom-ref": f"koordinering/static/vendor/{fil['path']}",
                "name": fil["path"],
                "hashes": [{"alg": "SHA-256", "content": fil["sha256"]}],
            }
            for fil in pakke["files"]
        ]
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": pakke["name"],
            "version": pakke["version"],
            "hashes": [{"alg": "SHA-256", "content": pakke["archive_sha256"]}],
            "licenses": [{"license": {"id": pakke["licence"]}}],
            "purl": purl,
            "components": filer,
        }


def _trenger(pin: Pin, kjente: Mapping[str, list[str]]) -> list[str]:
    """Which of the pinned packages this one needs, on this machine."""
    try:
        krav = [Requirement(en) for en in requires(pin.navn) or []]
    except PackageNotFoundError:
        return []
    gjelder = [en for en in krav if en.marker is None or en.marker.evaluate({"extra": ""})]
    return sorted({purl for en in gjelder for purl in kjente.get(canonicalize_name(en.name), [])})


def stykkliste() -> dict[str, Any]:
    """The whole list."""
    prosjekt = tomllib.loads((ROT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oss = {"type": "application", "name": prosjekt["name"], "version": prosjekt["version"]}
    oss |= {"bom-ref": "koordinering", "purl": f"pkg:pypi/{prosjekt['name']}@{prosjekt['version']}"}
    alle, nettleser = pins(), list(_til_nettleseren())
    kjente: dict[str, list[str]] = {}
    for pin in alle:
        kjente.setdefault(pin.navn, []).append(pin.purl)
    egne = {canonicalize_name(Requirement(en).name) for en in prosjekt["dependencies"]}
    direkte = [purl for navn in sorted(egne) for purl in kjente[navn]] + [en["bom-ref"] for en in nettleser]
    komponenter = [_komponent(pin) for pin in alle] + nettleser
    nummer = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([oss, komponenter], sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{nummer}",
        "version": 1,
        "metadata": {"component": oss},
        "components": komponenter,
        "dependencies": [
            {"ref": "koordinering", "dependsOn": direkte},
            *({"ref": pin.purl, "dependsOn": _trenger(pin, kjente)} for pin in alle),
            *({"ref": en["bom-ref"]} for en in nettleser),
        ],
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(stykkliste(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
