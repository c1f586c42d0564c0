"""Which modules are tried, and the tests that concern each of them and need nothing of tests/conftest.py."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

MODULER: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "koordinering/roles.py": ("tests/konto/test_roller_ark.py",),
        "koordinering/access.py": ("tests/konto/test_access.py",),
        "koordinering/rettigheter.py": ("tests/konto/test_databaserettigheter.py",),
        "koordinering/web/gate.py": ("tests/konto/test_porten.py",),
        "koordinering/konto/rules.py": ("tests/konto/test_rules.py", "tests/konto/test_rules_verdier.py"),
        "koordinering/konto/faktor/rules.py": ("tests/konto/test_faktor_rules.py",),
        "koordinering/konto/oidc/rules.py": ("tests/konto/test_oidc_rules.py",),
        "koordinering/saker/rules/overganger.py": ("tests/saker/test_overganger.py", "tests/saker/test_saksregler.py"),
        "koordinering/saker/rules/samtykke.py": ("tests/saker/test_saksregler.py",),
        "koordinering/saker/rules/innsyn.py": ("tests/saker/test_saksregler.py",),
        "koordinering/saker/rules/innboks.py": ("tests/saker/test_saksregler.py",),
        "koordinering/saker/rules/koblingskode.py": ("tests/saker/test_saksregler.py",),
        "koordinering/saker/rules/familier.py": ("tests/saker/test_familier.py", "tests/saker/test_saksregler.py"),
        "koordinering/saker/samordning/rules.py": ("tests/saker/test_saksregler.py",),
        "koordinering/personvern/krav/rules/frist.py": ("tests/personvern/test_kravregler.py",),
        "koordinering/tildeling/rules/__init__.py": (
            "tests/tildeling/test_regler.py",
            "tests/tildeling/test_regler_verdier.py",
        ),
        "koordinering/tildeling/rules/handlinger.py": (
            "tests/tildeling/test_regler.py",
            "tests/tildeling/test_regler_verdier.py",
        ),
        "koordinering/tildeling/rules/runde.py": ("tests/tildeling/test_regler_verdier.py",),
    }
)
