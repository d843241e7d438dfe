"""Pages of promises: the register for staff, one page for counterparts."""
