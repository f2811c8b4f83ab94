"""The peers' memory, in MB of 1,048,576 bytes."""

import resource
from pathlib import Path

STATM = Path("/proc/self/statm")


def peak_megabytes() -> int:
    """The most resident memory this process has had, in MB; Linux counts it in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def resident_megabytes() -> int | None:
    """The resident memory this process has now, in MB; None where the system is no Linux."""
    if not STATM.exists():
        return None
    return int(STATM.read_text().split()[1]) * resource.getpagesize() // 2**20
