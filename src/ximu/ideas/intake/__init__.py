"""Intake: from a delivered file to checked rows, with every fault named."""
