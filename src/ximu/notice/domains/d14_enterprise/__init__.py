"""Enterprise service (row D14): what firms ask for, who answers by when, and whether the firm itself says that it is done."""
