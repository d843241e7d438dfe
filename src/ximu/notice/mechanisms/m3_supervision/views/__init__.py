"""Pages of rows M3.2 and M3.3."""
