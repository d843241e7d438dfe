"""Pure decisions of the plan: healing the table, reading a schedule, splitting unit expressions, lights."""
