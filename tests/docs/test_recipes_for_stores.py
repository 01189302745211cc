"""What the page of recipes does with a store in R and DuckDB gives what eipsim says of it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_docs import ROOT, blocks, file_name

from eipsim import cli

PAGE = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
RSCRIPT = shutil.which("Rscript")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with what the commands of the page write: the store, its table, the programs."""
    folder = tmp_path_factory.mktemp("recipes")
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        for language, content, after in blocks(PAGE):
            if name := file_name(content, after):
                Path(name).write_text(content, encoding="utf-8")
            if language == "bash":
                for line in content.splitlines():
                    assert cli.main(line.split()[1:]) == 0
    return folder


@pytest.fixture(scope="module")
def more(made):
    """What the policy adds on average, as eipsim says."""
    from eipsim.stores.store import Store

    table = Store.open(made / "results/support").table(["co2_avoided_t"], years=[2030])
    by_pair = table.pivot(index=["row", "replicate"], columns="scenario", values="co2_avoided_t")
    return float((by_pair["technical-assistance"] - by_pair["baseline"]).mean())


def test_duckdb_says_of_a_store_what_eipsim_says(made, more, monkeypatch):
    monkeypatch.chdir(made)
    (code,) = [content for language, content, _ in blocks(PAGE) if language == "python"]
    names = {}
    exec(code, names)
    assert names["levels"].fetchall()[0][:2] == ("baseline", 8)
    ((added, _, pairs),) = names["differences"].fetchall()
    assert (added, pairs) == (pytest.approx(more), 8)
    assert len(names["slopes"].fetchall()) == 2


def r_says(folder, program) -> str:
    done = subprocess.run([RSCRIPT, program], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(RSCRIPT is None, reason="there is no R here (Debian: r-base-core)")
def test_r_says_of_a_table_what_eipsim_says(made, more):
    said = r_says(made, "table.R")
    assert float(re.search(r"more: (\S+) in 8 pairs", said)[1]) == pytest.approx(more, rel=1e-5)
    assert "technical-assistance" in said


@pytest.mark.skipif(RSCRIPT is None, reason="there is no R here (Debian: r-base-core)")
def test_r_reads_a_store(made):
    if subprocess.run([RSCRIPT, "-e", "library(arrow)"], capture_output=True).returncode:
        pytest.skip("this R has no package arrow")
    said = r_says(made, "store.R")
    assert "baseline" in said
    assert "technical-assistance" in said
