"""What a table asks for, and how a figure is handed over."""
