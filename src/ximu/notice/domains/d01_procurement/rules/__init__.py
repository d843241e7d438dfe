"""Pure decisions about contracting processes in the Open Contracting Data Standard 1.1."""
