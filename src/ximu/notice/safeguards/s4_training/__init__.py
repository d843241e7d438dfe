"""Civil servants: the archive is asked in a procedure only; courses, tests and the handbook, with what is missing by unit."""
