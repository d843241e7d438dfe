"""Makes PDF and office files that came with a report anew: in a process of its own, without network, under limits, without a file."""
