"""D16: the universe to be audited, findings that only the audit bureau closes, results published with their redactions."""
