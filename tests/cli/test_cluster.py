"""`eipsim cluster` with stand-ins for a scheduler: what is submitted, what is told of it, and every mistake before it costs."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from fake_scheduler import PBS, SILENT, SLURM, FakeScheduler
from toy import toy_design

from eipsim import cli
from eipsim.stores.store import Store
from eipsim.sweeps.cluster import checks, commands, queued_workers
from eipsim.sweeps.cluster.script import Request
from eipsim.sweeps.sweep import run_sweep

TOY = toy_design(points=10, replicates=3, x=(0, 0.9))
RUNS = 60
SUBMIT = ["submit", "toy.yaml", "--store", "store", "--shards", "4", "--time", "00:10:00", "--trust"]


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self):
        return self.out.splitlines()


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with a design, a private cache, and starts that take no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(checks, "start_seconds", lambda: 2.0)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "toy.yaml").write_text(json.dumps(TOY))
    return tmp_path


def scheduler(folder, monkeypatch, programs, waiting):
    made = FakeScheduler(folder / "scheduler", programs, waiting)
    for name in ("bash", "sh", "sed", "seq", "tr", "cat", "sleep", "hostname"):  # and nothing of a real cluster
        (made.bin / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(made.bin))
    return made


@pytest.fixture
def slurm(here, monkeypatch):
    return scheduler(here, monkeypatch, SLURM, waiting=1000)


@pytest.fixture
def pbs(here, monkeypatch):
    return scheduler(here, monkeypatch, PBS, waiting=1000)


@pytest.fixture
def cluster(capsys):
    def command(*arguments):
        capsys.readouterr()
        code = cli.main(["cluster", *map(str, arguments)])
        return Answer(code, *capsys.readouterr())

    return command


def mistake(answer):
    """The one line of an answer that refuses."""
    assert (answer.code, answer.out) == (2, ""), answer.err
    (line,) = answer.err.splitlines()
    return line.removeprefix("Error: ")


# ---- from submitting to the end ------------------------------------------------------------------------------------------


def test_submitted_parts_end_as_the_same_store_as_on_one_machine(slurm, cluster, tmp_path):
    slurm.says("waiting", "0")  # all parts run at once
    answer = cluster(*SUBMIT, "--shards", "2")
    assert answer.code == 0, answer.err
    assert answer.lines[0] == "Submitted 2 parts as job 1. The script is store.cluster/job.sh"
    told = cluster("status", "store").lines
    counts = [int(line.split(": ")[1].split(" of ")[0]) for line in told[:2]]
    assert told[:2] == [f"part {n}/2: {count} of {count}" for n, count in enumerate(counts, 1)]
    assert sum(counts) == RUNS
    assert told[3] == "2 of 2 parts are done, 0 running, 0 waiting, 0 stopped"
    alone = run_sweep("toy.yaml", "alone", trust=True)
    np.testing.assert_array_equal(Store.open("store").array()[0], alone.array()[0])
    assert (tmp_path / "store.cluster/part-1.log").read_text().rstrip().endswith(told[0])


def test_the_script_can_be_read_and_asks_for_what_was_asked(slurm, cluster, tmp_path):
    more = ["--partition", "long", "--jobs", "3", "--memory", "700", "--option=--account=eip"]
    assert cluster(*SUBMIT, *more).code == 0
    text = (tmp_path / "store.cluster/job.sh").read_text()
    for line in ("--partition=long", "--time=00:10:00", "--cpus-per-task=3", "--mem-per-cpu=700M", "--account=eip"):
        assert f"#SBATCH {line}\n" in text
    assert '--shard "$part/4"' in text
    assert f"sweep {tmp_path}/toy.yaml --store {tmp_path}/store --jobs 3 --trust" in text
    assert slurm.calls() == [f"sbatch --parsable --array=1-4 {tmp_path}/store.cluster/job.sh"]


def test_status_tells_parts_that_run_wait_and_stopped_and_resume_submits_the_stopped(slurm, cluster):
    cluster(*SUBMIT)
    run_sweep("toy.yaml", "store", shard=(1, 4), trust=True)
    slurm.end("1_1", "1_3")
    told = cluster("status", "store").lines
    assert told[1].endswith("missing; waiting (Resources)")
    assert told[2].endswith("missing; stopped")
    assert told[5] == "1 of 4 parts are done, 0 running, 2 waiting, 1 stopped"
    assert told[6].endswith("Go on with: eipsim cluster resume store")
    answer = cluster("resume", "store")
    assert answer.lines[0].startswith("Submitted 1 part as job 2. ")
    assert "--array=3 " in slurm.calls()[-1]
    slurm.end(all_as="RUNNING")
    assert cluster("status", "store").lines[5] == "1 of 4 parts are done, 3 running, 0 waiting, 0 stopped"
    assert mistake(cluster("resume", "store")).startswith("store store: has nothing to go on with: 3 parts")


def test_a_running_part_tells_its_rate_and_the_time_left(slurm, cluster, monkeypatch):
    cluster(*SUBMIT)
    slurm.end(all_as="RUNNING")
    for _ in range(2):
        run_sweep("toy.yaml", "store", backend="serial", shard=(2, 4), limit=3, trust=True)
        time.sleep(0.05)
    content = json.loads(cluster("status", "store", "--json").out)
    part = content["parts"][1]
    assert (part["done"], part["state"]) == (6, "running")
    assert part["rate"] > 0.0
    assert part["seconds_left"] == pytest.approx(part["missing"] / part["rate"])
    assert " runs/s, " in cluster("status", "store").lines[1]


def test_runs_that_failed_are_told_and_not_waited_for(slurm, cluster, here):
    (here / "toy.yaml").write_text(json.dumps({**TOY, "factors": {"x": {"uniform": [0, 1]}}}))  # above 0.9 they fail
    cluster(*SUBMIT)
    run_sweep("toy.yaml", "store", trust=True)
    told = cluster("status", "store").lines
    assert sum("failed" in line for line in told[:4]) > 0
    assert ", 6 failed, 0 are missing" in told[4]
    assert told[5].startswith("4 of 4 parts are done")


def test_cancel_empties_the_queue_and_a_second_one_says_when(slurm, cluster):
    cluster(*SUBMIT)
    assert cluster("cancel", "store").lines == ["Cancelled 4 parts. Go on with: eipsim cluster resume store"]
    assert slurm.calls()[-1] == "scancel 1"
    assert mistake(cluster("cancel", "store")).startswith("store store: was cancelled already, at ")
    assert "Those that stopped: cancelled at " in cluster("status", "store").lines[6]
    assert cluster("resume", "store", "--time", "00:20:00").code == 0
    assert "--time=00:20:00" in Path("store.cluster/job.sh").read_text()


def test_what_a_store_has_is_not_submitted(slurm, cluster):
    run_sweep("toy.yaml", "store", shard=(2, 4), trust=True)
    assert cluster(*SUBMIT).lines[0].startswith("Submitted 3 parts as job 1. ")
    assert "--array=1,3-4 " in slurm.calls()[-1]


def test_nothing_is_submitted_for_a_whole_store(slurm, cluster):
    run_sweep("toy.yaml", "store", trust=True)
    assert "lacks nothing of the design" in mistake(cluster(*SUBMIT))
    assert slurm.calls() == []


def test_a_dry_run_prints_the_script_and_writes_nothing(slurm, cluster, here):
    answer = cluster(*SUBMIT, "--dry-run")
    assert answer.code == 0
    assert "#SBATCH --time=00:10:00" in answer.lines
    assert slurm.calls() == []
    assert not (here / "store").exists()
    assert not (here / "store.cluster").exists()


def test_a_dry_run_needs_no_scheduler(here, cluster, monkeypatch):
    monkeypatch.setenv("PATH", str(here))
    answer = cluster(*SUBMIT, "--dry-run", "--scheduler", "pbs")
    assert answer.err.startswith("Note: there is no scheduler on this machine")
    assert "#PBS -l walltime=00:10:00" in answer.lines


def test_a_dry_run_needs_no_answer_of_the_scheduler(slurm, cluster):
    slurm.command("sinfo", "#!/bin/sh\necho 'fatal: no configuration' >&2; exit 1\n")
    answer = cluster(*SUBMIT, "--dry-run")
    assert (answer.code, answer.err.startswith("Note: there is no scheduler on this machine that answers")) == (0, True)
    assert "#SBATCH --time=00:10:00" in answer.lines
    assert mistake(cluster(*SUBMIT)) == "sinfo: fatal: no configuration"


def test_on_pbs_ranges_are_arrays_and_a_single_part_is_a_plain_job(pbs, cluster):
    run_sweep("toy.yaml", "store", shard=(2, 4), trust=True)
    answer = cluster(*SUBMIT, "--partition", "workq")
    assert answer.lines[0].startswith("Submitted 3 parts as jobs 1.head, 2[].head. ")
    assert [call.split(" /")[0] for call in pbs.calls()] == ["qsub -v EIPSIM_PART=1", "qsub -J 3-4"]
    told = cluster("status", "store").lines
    assert [line.split("; ")[-1] for line in (told[0], told[2], told[3])] == ["running", "waiting", "waiting"]
    assert cluster("cancel", "store").code == 0
    assert pbs.calls()[-1] == "qdel 1.head 2[].head"
    assert "is not started" in mistake(cluster(*SUBMIT, "--partition", "dark"))


# ---- what is told before anything is submitted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--partition", "tset"], "--partition: partition 'tset' is unknown; did you mean test?"),
        (["--partition", "dark"], "--partition dark: partition dark is down; up: long, test"),
        (["--partition", "dead"], "--partition dead: partition dead has no node that is up (down*); up: long, test"),
        (["--partition", "test", "--time", "02:00:00"], "--time 02:00:00: partition test allows 01:00:00 at most"),
        (["--time", "02:00:00"], "--time 02:00:00: partition test allows 01:00:00 at most"),
        (["--time", "00:00:05"], "--time 00:00:05: is too short for one batch: 2 s to start, "),
        (["--time", "1h"], "--time: '1h' is not a time; write hours, minutes and seconds, as 01:30:00, or with days, as"),
        (["--time", "00:00:00"], "--time: '00:00:00' is not a time"),
        (["--shards", "0"], "--shards 0: is too few; a whole number of 1 or more"),
        (["--shards", "61"], "--shards 61: the design has no more than 60 runs"),
        (["--shards", "4.5"], "Invalid value for '--shards'"),
        (["--jobs", "0"], "--jobs 0: is too few"),
        (["--memory", "0"], "--memory 0: is too few"),
        (["--option", "account"], "--option 'account': is no option of a scheduler"),
        (["--scheduler", "slrum"], "--scheduler: scheduler 'slrum' is unknown; did you mean slurm?"),
        (["--scheduler", "pbs"], "cluster: there is no scheduler on this machine: qsub cannot be found"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_and_nothing_is_submitted(slurm, cluster, here, more, told):
    answer = cluster(*SUBMIT, *more)
    assert answer.code == 2
    assert answer.err.removeprefix("Error: ").startswith(told)
    assert slurm.calls() == []
    assert not (here / "store").exists()


def test_all_mistakes_are_told_at_once(slurm, cluster):
    answer = cluster(*SUBMIT, "--partition", "dark", "--time", "00:00:05", "--shards", "100")
    assert [line.split(" ")[1] for line in answer.err.splitlines()] == ["--shards", "--partition", "--time"]


def test_a_machine_without_scheduler_says_so(here, cluster, monkeypatch):
    monkeypatch.setenv("PATH", str(here))
    assert "there is no scheduler on this machine: sbatch and qsub cannot be found" in mistake(cluster(*SUBMIT))


def test_a_store_that_other_nodes_cannot_see_is_refused(slurm, cluster, monkeypatch, tmp_path):
    slurm.says("sinfo", "test*|up|1:00:00|idle|node1\ntest*|up|1:00:00|idle|node2\n")
    monkeypatch.setattr(checks, "OF_EACH_MACHINE", (str(tmp_path),))
    answer = cluster(*SUBMIT)
    assert answer.code == 2
    told = answer.err.splitlines()
    assert told[0].startswith(f"Error: --store {tmp_path}/store: is in a folder that every machine has for itself")
    assert told[1].startswith(f"Error: DESIGN {tmp_path}/toy.yaml: is in a folder")
    monkeypatch.setattr(checks, "OF_EACH_MACHINE", ())
    (tmp_path / "mounts").write_text(f"disk / ext4 rw 0 0\nnone {tmp_path} tmpfs rw 0 0\n")
    monkeypatch.setattr(checks, "MOUNTS", tmp_path / "mounts")
    assert "is in the memory of this machine" in cluster(*SUBMIT).err
    (tmp_path / "mounts").write_text("disk / ext4 rw 0 0\n")
    answer = cluster(*SUBMIT)
    assert answer.code == 0
    assert answer.err.startswith(f"Note: {tmp_path}/store is on a disk of this machine (ext4)")
    (tmp_path / "mounts").write_text("server:/home / nfs4 rw 0 0\n")
    cluster("cancel", "store")
    assert cluster(*SUBMIT).err == ""


def test_a_node_that_does_not_see_the_store_makes_none_of_its_own(slurm, cluster, here):
    cluster(*SUBMIT)
    shutil.move("store", "elsewhere")
    slurm.says("waiting", "0")
    slurm.says("queue", "")
    slurm.command("again", f"#!/bin/sh\nSLURM_ARRAY_TASK_ID=1 bash {here}/store.cluster/job.sh\n")
    assert commands._answer([str(slurm.bin / "again")]).returncode == 2
    assert "does not see the store" in Path("store.cluster/part-1.log").read_text()
    assert not (here / "store").exists()


def test_a_second_submit_of_one_store_is_refused(slurm, cluster):
    cluster(*SUBMIT)
    assert "was submitted already (job 1), and 4 of its parts are running or wait" in mistake(cluster(*SUBMIT))
    assert len(slurm.calls()) == 1


def test_of_two_submits_at_once_one_is_refused(slurm, cluster):
    Path("store.cluster").mkdir()
    Path("store.cluster/submitting").touch()
    assert "another submit is under way" in mistake(cluster(*SUBMIT))
    assert slurm.calls() == []


def test_a_store_of_another_design_is_refused_before_anything_is_submitted(slurm, cluster, here):
    run_sweep({**TOY, "replicates": 5}, "store", limit=1, trust=True)
    assert cluster(*SUBMIT).code == 2
    assert slurm.calls() == []


def test_a_larger_design_is_added_where_that_is_asked_for(slurm, cluster, here):
    run_sweep({**TOY, "replicates": 2}, "store", trust=True)
    assert "with --extend" in cluster(*SUBMIT).err
    assert slurm.calls() == []
    assert cluster(*SUBMIT, "--extend").code == 0
    assert sum(part["missing"] for part in json.loads(cluster("status", "store", "--json").out)["parts"]) == RUNS // 3


@pytest.mark.parametrize("command", ["status", "resume", "cancel"])
def test_a_folder_that_is_no_store_is_told(slurm, cluster, here, command):
    (here / "empty").mkdir()
    assert mistake(cluster(command, "empty")).startswith("store empty: there is no store; ")
    run_sweep("toy.yaml", "mine", limit=1, trust=True)
    assert mistake(cluster(command, "mine")).startswith("store mine: was not submitted to a cluster; ")


@pytest.mark.parametrize("content", ["", "{}", '{"request": 3}', "[1]"])
def test_a_damaged_note_of_a_submission_is_told(slurm, cluster, content):
    cluster(*SUBMIT)
    Path("store.cluster/submission.json").write_text(content)
    assert "store.cluster/submission.json: cannot be read" in mistake(cluster("status", "store"))


# ---- schedulers that misbehave -------------------------------------------------------------------------------------------


def test_a_scheduler_that_refuses_is_quoted(slurm, cluster):
    slurm.says("refused", "sbatch: error: AssocMaxSubmitJobLimit\n")
    assert mistake(cluster(*SUBMIT)) == "sbatch: sbatch: error: AssocMaxSubmitJobLimit"
    (slurm.state / "refused").unlink()
    assert cluster(*SUBMIT).code == 0  # nothing is in its way


@pytest.mark.parametrize("program", ["sinfo", "sbatch"])
def test_a_scheduler_that_says_nothing_is_not_waited_for_long(slurm, cluster, monkeypatch, program):
    monkeypatch.setattr(commands, "PATIENCE", 0.3)
    slurm.command(program, SILENT)
    began = time.monotonic()
    told = mistake(cluster(*SUBMIT))
    assert time.monotonic() - began < 10.0
    assert told.startswith(f"{program}: the scheduler has not answered for 0.3 s")
    assert ("may have been taken" in told) == (program == "sbatch")


def test_the_store_is_told_even_when_the_scheduler_says_nothing(slurm, cluster, monkeypatch):
    cluster(*SUBMIT)
    monkeypatch.setattr(commands, "PATIENCE", 0.3)
    slurm.command("squeue", SILENT)
    answer = cluster("status", "store")
    assert (answer.code, len(answer.lines) >= 5) == (2, True)
    assert answer.lines[0].endswith("missing; not known")
    assert answer.err.startswith("Error: squeue: the scheduler has not answered")


def test_an_answer_that_is_no_number_is_quoted(slurm, cluster):
    slurm.command("sbatch", "#!/bin/sh\necho Welcome\n")
    assert mistake(cluster(*SUBMIT)) == "sbatch: answered 'Welcome', which is no number of a job"


# ---- workers that are jobs -------------------------------------------------------------------------------------------------

QUEUED = ["sweep", "toy.yaml", "--store", "store", "--backend", "dask-jobqueue", "--trust"]
LOCAL = ["--time", "00:10:00", "--interface", "lo"]


@pytest.fixture
def queued(capsys):
    def command(*arguments):
        capsys.readouterr()
        code = cli.main([*QUEUED, *arguments])
        return Answer(code, *capsys.readouterr())

    return command


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "--backend dask-jobqueue: needs the time of its jobs; as --time 01:00:00"),
        ([*LOCAL, "--workers", "5-2"], "--workers: '5-2' are no numbers of workers; write the fewest and the most, as 0-20"),
        ([*LOCAL, "--workers", "0"], "--workers: '0' are no numbers"),
        ([*LOCAL, "--workers", "some"], "--workers: 'some' are no numbers"),
        ([*LOCAL, "--cores", "0"], "--cores 0: is too few"),
        ([*LOCAL, "--memory", "-3"], "--memory -3: is too few"),
        ([*LOCAL, "--time", "ever"], "--time: 'ever' is not a time"),
        ([*LOCAL, "--option", "account"], "--option 'account': is no option of a scheduler"),
        ([*LOCAL, "--scheduler", "node7:8786"], "--scheduler: scheduler 'node7:8786' is unknown"),
        ([*LOCAL, "--scheduler", "pbs"], "cluster: there is no scheduler on this machine: qsub cannot be found"),
        ([*LOCAL, "--partition", "dark"], "--partition dark: partition dark is down; up: long, test"),
        ([*LOCAL, "--time", "00:00:05"], "--time 00:00:05: is too short for one batch"),
        (["--backend", "dask", "--partition", "test"], "--partition: is of no use to backend dask; add --backend dask-jobq"),
        (["--backend", "loky", "--workers", "3"], "--workers: is of no use to backend loky; add --backend dask-jobqueue"),
    ],
)  # fmt: skip
def test_a_mistake_about_workers_that_are_jobs_is_told_and_nothing_is_submitted(slurm, queued, here, more, told):
    assert mistake(queued(*more)).startswith(told)
    assert slurm.calls() == []
    assert not (here / "store").exists()


def test_a_scheduler_that_refuses_all_workers_is_quoted_with_the_command_that_goes_on(slurm, queued, monkeypatch):
    monkeypatch.setattr(queued_workers, "ASKED_EVERY", 0.1)
    slurm.says("refused", "sbatch: error: AssocMaxSubmitJobLimit\n")
    answer = queued(*LOCAL, "--workers", "1-2")
    assert answer.code == 130
    told = answer.err.splitlines()[-1]
    assert told.startswith(
        "sbatch refused all jobs: sbatch: error: AssocMaxSubmitJobLimit: 0 of 60 runs are stored in store."
    )


@pytest.mark.parametrize(
    ("scheduler", "lines"),
    [
        ("slurm", ["#SBATCH -p long", "#SBATCH --cpus-per-task=3", "#SBATCH -t 00:10:00", "#SBATCH --account=eip"]),
        ("pbs", ["#PBS -q long", "#PBS -l select=1:ncpus=3:mem=2003MB", "#PBS -l walltime=00:10:00", "#PBS -V"]),
    ],
)
def test_a_job_that_brings_workers_asks_for_what_was_asked(here, scheduler, lines):
    request = Request("toy.yaml", str(here / "a store"), scheduler, 1, 600, 3, 700, "long", ("--account=eip",))
    with queued_workers._cluster(request, queued_workers.Crowd(0, 4, "lo"), []) as made:
        script = made.job_script()
    assert [line for line in lines if line not in script.splitlines()] == []
    assert "--nthreads 1 " in script
    assert "--nworkers 3 " in script
    assert "--lifetime 540s" in script
    assert "tls" in script  # whoever connects can run code
    assert f'--output="{here}/a store.cluster/worker-%j.log"' in script or scheduler == "pbs"


# ---- a part by hand ------------------------------------------------------------------------------------------------------


def test_a_finished_part_says_so(capsys):
    assert cli.main(["sweep", "toy.yaml", "--store", "store", "--shard", "1/4", "--trust"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    count = len(Store.open("store").done())
    assert last == f"part 1/4: {count} of {count}"


@pytest.mark.parametrize("shard", ["5/4", "0/4", "1/0", "a/4", "1/4/2", "-1/4"])
def test_a_shard_that_is_none_is_told(capsys, shard):
    assert cli.main(["sweep", "toy.yaml", "--store", "store", f"--shard={shard}", "--trust"]) == 2
    assert f"--shard: {shard!r} is no part; write i/n with i from 1 to n, as 1/4" in capsys.readouterr().err


def test_a_start_is_measured(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(checks, "START", "import time; time.sleep(0.2)")
    assert checks.start_seconds() > 0.2
