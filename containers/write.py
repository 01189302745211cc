"""Writes Dockerfile and eipsim.def from recipe.yaml: `make containers`, or `python containers/write.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent
PLACE = "/opt/eipsim"  # of the files, in a container
USER = 1000  # Docker's user is root otherwise; in Apptainer it is whoever calls it
WRITTEN = "Written by `make containers` from containers/recipe.yaml."


def recipe() -> dict[str, Any]:
    return YAML(typ="safe").load(HERE / "recipe.yaml")


def dockerfile(made_of: dict[str, Any]) -> str:
    """For Docker and Podman: `docker build -t eipsim -f containers/Dockerfile .`"""
    folders = [name for name in made_of["files"] if (HERE.parent / name).is_dir()]
    files = [name for name in made_of["files"] if name not in folders]
    return "\n".join([
        f"# {WRITTEN}",
        "# docker build -t eipsim -f containers/Dockerfile .",
        f"FROM {made_of['base']}",
        f"WORKDIR {PLACE}",
        f"COPY {' '.join(files)} ./",
        *(f"COPY {name} ./{name}" for name in folders),
        "RUN " + " \\\n    && ".join([*made_of["commands"], f"useradd --create-home --uid {USER} eipsim"]),
        f"ENV {' '.join(f'{name}={value}' for name, value in made_of['environment'].items())}",
        f"USER {USER}",
        "WORKDIR /home/eipsim",
        f'ENTRYPOINT ["{made_of["start"]}"]',
        "",
    ])  # fmt: skip


def apptainer(made_of: dict[str, Any]) -> str:
    """For Apptainer, as clusters have it: `apptainer build eipsim.sif containers/eipsim.def`."""
    return "\n".join([
        f"# {WRITTEN}",
        "# apptainer build eipsim.sif containers/eipsim.def",
        "Bootstrap: docker",
        f"From: {made_of['base']}",
        "",
        "%files",
        *(f"    {name} {PLACE}/{name}" for name in made_of["files"]),
        "",
        "%post",
        f"    cd {PLACE}",
        *(f"    {command}" for command in made_of["commands"]),
        "",
        "%environment",
        *(f"    export {name}={value}" for name, value in made_of["environment"].items()),
        "",
        "%runscript",
        f'    exec {made_of["start"]} "$@"',
        "",
    ])  # fmt: skip


FILES = {"Dockerfile": dockerfile, "eipsim.def": apptainer}


def main() -> None:
    for name, text_of in FILES.items():
        (HERE / name).write_text(text_of(recipe()), encoding="utf-8")


if __name__ == "__main__":
    main()
