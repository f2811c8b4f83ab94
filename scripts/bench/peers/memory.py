"""The peers' peak memory."""

import resource


def peak_megabytes() -> int:
    """The most resident memory this process has had, in MB (1,048,576 bytes); Linux counts it in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
