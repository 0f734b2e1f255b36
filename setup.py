"""What pyproject.toml cannot say: the wheel carries resources/ and migrations/ in its package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ("resources", "migrations")
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


class BuildWithData(build_py):
    """Copies the data folders beside the modules; a checkout's are read where they lie."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in SHIPPED:
            target = Path(self.build_lib) / "medrec" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / name, target, ignore=IGNORED)


setup(cmdclass={"build_py": BuildWithData})
