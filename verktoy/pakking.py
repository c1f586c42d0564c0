"""Put templates/, migrations/ and drift/, which lie beside the package in the repository, inside the built wheel."""

from pathlib import Path

from setuptools.command.build_py import build_py

MED = {
    "templates": "koordinering/_templates",
    "migrations": "koordinering/_migrations",
    "drift": "koordinering/_drift",
}


class ByggMedMaler(build_py):
    """The usual build, then the trees; an editable install reads them where they lie."""

    def _filer(self) -> dict[str, str]:
        if self.editable_mode:
            return {}
        return {
            str(Path(self.build_lib, maal, fil.relative_to(kilde))): str(fil)
            for kilde, maal in MED.items()
            for fil in sorted(Path(kilde).rglob("*"))
            if fil.is_file() and "__pycache__" not in fil.parts
        }

    def run(self) -> None:
        super().run()
        for maal, kilde in self._filer().items():
            self.mkpath(str(Path(maal).parent))
            self.copy_file(kilde, maal, preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return super().get_outputs(include_bytecode) + list(self._filer())

    def get_output_mapping(self) -> dict[str, str]:
        return super().get_output_mapping() | self._filer()
