"""A SLURM of one node for tests, on this machine alone: daemons without systemd, on the loopback, in a folder of their own."""

import contextlib
import getpass
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scancel")
NODE = platform.node().split(".")[0]
CONF = """\
ClusterName=eipsim
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={daemon}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge/sock
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=10
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
KillWait=5
PropagateResourceLimits=NONE
NodeName={node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=16000 State=UNKNOWN
PartitionName=test Nodes={node} Default=YES MaxTime=60 State=UP
PartitionName=dark Nodes={node} MaxTime=60 State=DOWN
"""
WITHOUT_CGROUPS = "CgroupPlugin=cgroup/v1\nIgnoreSystemd=yes\n"  # which need rights that a container lacks


def missing() -> list[str]:
    """What this machine lacks for a SLURM."""
    lacking = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    return lacking + (["root"] if os.geteuid() else [])


class SlurmCluster:
    """Started as a context; `conf` is what SLURM_CONF must be for the commands of SLURM."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # short: a socket's name has 107 letters at most
        self.folder.chmod(0o755)
        self.conf = self.folder / "slurm.conf"
        self.environment = os.environ | {"PATH": PATH, "SLURM_CONF": str(self.conf)}
        for name in ("state", "spool", "munge"):
            (self.folder / name).mkdir(mode=0o755)
        ports = dict(zip(("controller", "daemon"), free_ports(2)))
        self.conf.write_text(CONF.format(node=NODE, user=getpass.getuser(), folder=self.folder, **ports))
        (self.folder / "cgroup.conf").write_text(WITHOUT_CGROUPS)
        try:
            self.start_munge()
            self.run("slurmctld", "-f", self.conf)
            self.start_node()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start_munge(self):
        munge = self.folder / "munge"
        (munge / "key").write_bytes(os.urandom(128))
        (munge / "key").chmod(0o600)
        files = {"key-file": "key", "socket": "sock", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        self.run("munged", "--force", *(f"--{option}={munge / name}" for option, name in files.items()))

    def start_node(self):
        self.run("slurmd", "-f", self.conf)
        self.wait(lambda: self.node_is(("idle", "mixed", "allocated")), 60.0, "the node did not come up")

    def node_is(self, states):
        """Whether the node is in one of the states; a star says that it does not answer."""
        return self.run("sinfo", "--noheader", "--partition=test", "--format=%T").strip() in states

    def run(self, *words):
        done = subprocess.run(
            [str(word) for word in words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}{self.told()}"
        return done.stdout

    def told(self):
        """The last lines of the logs of the daemons."""
        logs = sorted(self.folder.glob("*.log"))
        return "".join(f"\n{log.name}: {log.read_text()[-1500:]}" for log in logs)

    def wait(self, holds, seconds, told):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{told}{self.told()}"
            time.sleep(0.3)

    def jobs(self):
        """The processes of all jobs: of each its sweep, which is what the script became."""
        return [process for process in self._of_this() if "SLURM_JOB_ID" in process.environ()]

    def _of_this(self):
        """Processes that the node has started."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("SLURM_CONF") == str(self.conf) and process.pid != os.getpid():
                    yield process

    def kill_daemon(self):
        """The daemon of the node dies; its jobs go on."""
        self._kill("slurmd.pid", signal.SIGKILL)

    def kill_node(self):
        """All that runs on the node dies: daemon, jobs, and what looks after each."""
        self.kill_daemon()
        for process in list(self._of_this()):
            with contextlib.suppress(psutil.Error):
                if process.name().startswith("slurmstepd") or "SLURM_JOB_ID" in process.environ():
                    process.kill()

    def _kill(self, name, sign):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            pid = int((self.folder / name).read_text())
            os.kill(pid, sign)
            psutil.Process(pid).wait(20)

    def __exit__(self, *_):
        self.kill_node()
        for name in ("slurmctld.pid", "munge/pid"):
            with contextlib.suppress(psutil.Error):
                self._kill(name, signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
