"""Stand-ins for the commands of SLURM and PBS: small scripts that keep their queue in a file, for tests without a cluster.

The first jobs that are submitted wait, as many as `waiting` says; later ones run at once and have ended with the command.
"""

import platform
from pathlib import Path

HOST = platform.node()
SINFO = f"""test*|up|1:00:00|idle|{HOST}
long|up|infinite|mixed|{HOST}
dark|down|1:00:00|idle|{HOST}
dead|up|1:00:00|down*|{HOST}
"""
QUEUES = """Queue: workq
    queue_type = Execution
    enabled = True
    started = True
    resources_max.walltime = 01:00:00
Queue: dark
    queue_type = Execution
    enabled = True
    started = False
"""
SBATCH = """#!/bin/sh
cd {state}; echo "sbatch $*" >> calls
test -e refused && {{ cat refused >&2; exit 1; }}
number=$(($(cat number) + 1)); echo $number > number
for word in "$@"; do case "$word" in --array=*) parts="${{word#--array=}}";; esac; done
for script in "$@"; do :; done
for range in $(echo "$parts" | tr , ' '); do
    for part in $(seq "${{range%-*}}" "${{range#*-}}"); do
        if [ $number -le $(cat waiting) ]; then
            echo "${{number}}_$part|PENDING|Resources" >> queue
        else
            (cd "$OLDPWD"; SLURM_ARRAY_TASK_ID=$part bash "$script" > /dev/null 2>&1) &
        fi
    done
done
wait
echo "$number"
"""
SCANCEL = """#!/bin/sh
cd {state}; echo "scancel $*" >> calls
for job in "$@"; do sed -i "/^${{job}}_/d" queue; done
"""
QSUB = """#!/bin/sh
cd {state}; echo "qsub $*" >> calls
number=$(($(cat number) + 1)); echo $number > number
case "$1" in
    -J) for part in $(seq "${{2%-*}}" "${{2#*-}}"); do
            echo "$number[$part].head me workq eipsim -- 1 1 1gb 01:00 Q --" >> queue
        done
        echo "$number[].head me workq eipsim -- 1 1 1gb 01:00 B --" >> queue; echo "$number[].head";;
    *) echo "$number.head me workq eipsim -- 1 1 1gb 01:00 R 00:01" >> queue; echo "$number.head";;
esac
"""
QDEL = """#!/bin/sh
cd {state}; echo "qdel $*" >> calls
: > queue
"""
QSTAT = """#!/bin/sh
cd {state}; case "$1" in -Q) cat qstat-queues;; *) cat queue;; esac
"""
TELLS = "#!/bin/sh\ncat {state}/%s\n"
SQUEUE = """#!/bin/sh
cd {state}; test -s queue || {{ echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }}
cat queue
"""
SLURM = {"sbatch": SBATCH, "scancel": SCANCEL, "sinfo": TELLS % "sinfo", "squeue": SQUEUE}
PBS = {"qsub": QSUB, "qdel": QDEL, "qstat": QSTAT, "pbsnodes": TELLS % "pbsnodes"}
SILENT = "#!/bin/sh\nsleep 60 & wait\n"  # a wrapper whose program says nothing


class FakeScheduler:
    """Commands in `bin`, which is to be put on PATH; their state in files of `state`."""

    def __init__(self, folder: Path, commands: dict[str, str], waiting: int = 1000):
        self.bin, self.state = folder / "bin", folder / "state"
        self.bin.mkdir(parents=True, exist_ok=True)
        self.state.mkdir()
        for name, text in (("sinfo", SINFO), ("qstat-queues", QUEUES), ("pbsnodes", f"{HOST}\n     state = free\n"),
                           ("queue", ""), ("calls", ""), ("number", "0"), ("waiting", str(waiting))):  # fmt: skip
            self.says(name, text)
        for name, text in commands.items():
            self.command(name, text.format(state=self.state))

    def command(self, name: str, text: str) -> None:
        file = self.bin / name
        file.write_text(text)
        file.chmod(0o755)

    def says(self, name: str, text: str) -> None:
        (self.state / name).write_text(text)

    def calls(self) -> list[str]:
        return (self.state / "calls").read_text().splitlines()

    def end(self, *names: str, all_as: str = "") -> None:
        """Elements leave the queue, or are in another state from now on."""
        lines = (self.state / "queue").read_text().splitlines()
        if all_as:
            lines = [f"{line.split('|')[0]}|{all_as}|None" for line in lines]
        self.says("queue", "".join(f"{line}\n" for line in lines if line.split("|")[0] not in names))
