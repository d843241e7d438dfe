"""Events: high-volume facts in columns, append-only, on two clocks, read set-wise."""
