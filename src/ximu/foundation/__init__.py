"""Django and I/O without a domain word."""
