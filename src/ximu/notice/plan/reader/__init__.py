"""Reads the table of a plan where it lies in a file: workbooks and documents in a process of their own, for a file may be hostile."""
