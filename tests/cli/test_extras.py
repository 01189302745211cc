"""What `pip install eipsim` alone can do: libraries of extras are not there, and what needs one says which extra brings it."""

import subprocess
import sys

import pytest

from eipsim.core.extras import EXTRA_OF, needed
from eipsim.errors import InputError

WITHOUT = """
import json, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from eipsim.cli import main
codes = [main(command) for command in {commands!r}]
print("codes", codes)
"""
BRIEF = ["--world", "pilot-parks", "--years", "2015-2016"]
PLAIN = [
    ["check", "mine.yaml", "--world", "pilot-parks"],
    ["run", "mine.yaml", *BRIEF, "--no-figures", "--out", "run"],
    ["compare", "subsidy", *BRIEF, "--replicates", "2", "--out", "compare"],
    ["sweep", "listed.yaml", "--store", "store"],
    ["store", "show", "store"],
    ["sweep", "sobol.yaml", "--store", "other"],
]
MORE = [["report", "run", "--out", "report.html"], ["discover", "other", "--where", "public_revenue_usd @2016 < 25e6"]]
DESIGN = "scenarios: [baseline]\nworld: pilot-parks\nyears: [2015, 2016]\noutcomes: [public_revenue_usd]\n"
FACTOR = "factors: {levers.carbon_price: {uniform: [0, 50]}, levers.fine_usd: {uniform: [0, 9]}}\n"


def test_a_bare_installation_runs_compares_and_sweeps_and_names_the_extra_of_all_else(tmp_path):
    (tmp_path / "mine.yaml").write_text("title: t\nextends: baseline\nlevers: {training: 1}\n")
    (tmp_path / "listed.yaml").write_text(DESIGN)
    (tmp_path / "sobol.yaml").write_text(f"{DESIGN}{FACTOR}sampler: {{method: sobol, n: 8}}\n")
    program = WITHOUT.format(missing=sorted(EXTRA_OF), commands=[*PLAIN, *MORE])
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert f"codes {[0] * len(PLAIN) + [2] * len(MORE)}" in done.stdout, done.stdout + done.stderr
    assert " ".join(done.stderr.split()).count("pip install 'eipsim[analysis]'") == len(MORE)
    assert "Traceback" not in done.stderr


def test_a_library_that_no_extra_brings_is_a_fault_of_ours():
    with pytest.raises(ModuleNotFoundError):
        needed("surely_not_there", "a test")
    with pytest.raises(InputError, match=r"to_iamc: needs openpyxl, .*eipsim\[iamc\]"):
        needed("openpyxl.surely_not_there", "to_iamc")
