"""Wheel and sdist: what is in them, what they say, and whether they install."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import PathDistribution, version
from pathlib import Path, PurePosixPath
from textwrap import dedent

import pytest

import timeback_web
from tests.support.distributions import ROOT, Distributions

USE = dedent("""
    import sys
    from importlib.metadata import version

    import timeback_web
    from timeback_web import Timeback
    from timeback_web.testing import FakeBrowser

    assert timeback_web.__file__.startswith(sys.prefix), timeback_web.__file__
    assert version("timeback-web") == timeback_web.__version__
    browser = FakeBrowser()
    activity = Timeback(browser=browser).activity.start(
        id="lesson-1", name="Fractions", course={"subject": "Math", "grade": 3}
    )
    browser.advance(15_000)
    browser.close()
    [beat] = browser.server.heartbeats
    assert (beat.run_id, beat.elapsed_ms) == (activity.run_id, 15_000)
    print("counted")
""")


def files_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tracked(folder: str) -> set[str]:
    """The files that belong to the project, as Git has them."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no checkout of Git")
    return {name for name in done.stdout.splitlines() if (ROOT / name).is_file()}


def test_twine_has_nothing_to_say(distributions: Distributions):
    check = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *distributions]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout


def test_the_wheel_holds_the_package_its_licence_and_nothing_else(distributions: Distributions):
    info = f"timeback_web-{timeback_web.__version__}.dist-info"
    about = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    files = files_of(distributions.wheel)
    assert files.keys() == tracked("timeback_web") | about
    assert {"timeback_web/py.typed", "timeback_web/js/core.js"} <= files.keys()
    assert {PurePosixPath(name).parts[0] for name in files} == {"timeback_web", info}


def test_the_sdist_holds_what_it_takes_to_build_and_to_read(distributions: Distributions):
    top = f"timeback_web-{timeback_web.__version__}"
    with tarfile.open(distributions.sdist) as archive:
        names = {member.name.removeprefix(f"{top}/") for member in archive if member.isfile()}
    texts = {"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"}
    assert names == tracked("timeback_web") | texts | {"pyproject.toml", "PKG-INFO", ".gitignore"}


def test_the_wheel_out_of_the_sdist_is_the_same(distributions: Distributions, tmp_path: Path):
    make = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    done = [*make, "--disable-pip-version-check", "-w", str(tmp_path), str(distributions.sdist)]
    subprocess.run(done, check=True, capture_output=True, timeout=110)
    [wheel] = tmp_path.glob("*.whl")
    assert files_of(wheel) == files_of(distributions.wheel)


def test_it_works_in_an_environment_that_has_nothing_else(
    distributions: Distributions, tmp_path: Path
):
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python")

    def run(*arguments: str) -> str:
        command = [python, "-I", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-m", "pip", "install", "-q", "--disable-pip-version-check", str(distributions.wheel))
    assert "No broken requirements" in run("-m", "pip", "check")
    assert run("-W", "error", "-c", USE) == "counted\n"
    assert "OUT_DIR" in run("-m", "timeback_web", "bundle", "--help")
    run("-c", "import timeback_web.autostart, timeback_web.frontends, timeback_web.profile")
    # Without its extra, the command says what to install; it does not fall over.
    command = [python, "-I", "-m", "timeback_web", "bundle", str(tmp_path / "runtime")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert (done.returncode, "pip install 'timeback-web[bundle]'" in done.stderr) == (1, True)


def test_the_metadata_says_what_it_should(distributions: Distributions):
    archive = zipfile.Path(
        distributions.wheel, f"timeback_web-{timeback_web.__version__}.dist-info/"
    )
    metadata = PathDistribution(archive).metadata  # type: ignore[arg-type]
    assert metadata["Name"] == "timeback-web"
    assert metadata["Version"] == timeback_web.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in (metadata.get_all("Classifier") or [])
    assert metadata["Requires-Python"] == ">=3.12"
    needs = [one for one in metadata.get_all("Requires-Dist") or [] if "extra ==" not in one]
    assert needs == ["pydantic<3,>=2.10; sys_platform != 'emscripten'"], "one, and none in a page"


def test_the_version_stands_in_one_place_and_the_changelog_has_it():
    ours = timeback_web.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", ours)
    assert version("timeback-web") == ours, "install it anew: pip install -e ."
    headings = re.findall(r"^## \[?([\d.abrc]+)\]? - ", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] == ours, "what is worked on comes first"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
