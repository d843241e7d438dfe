"""The notice's own table of contents."""
