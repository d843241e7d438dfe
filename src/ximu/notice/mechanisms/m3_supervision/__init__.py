"""M3.2 and M3.3: inspection rounds with samples that anyone can redraw, and proposals of congress and CPPCC."""
