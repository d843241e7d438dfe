"""The plan of the notice: tasks, responsible units, schedule, checks (row P)."""
