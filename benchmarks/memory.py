"""Peak memory of a process of its own."""

import re
from pathlib import Path


def peak_megabytes() -> float:
    """The most memory that this process has held [MB]; `ru_maxrss` of a child would begin with its parent's."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found, "this benchmark reads /proc, as Linux has it"
    return int(found[1]) / 1024
