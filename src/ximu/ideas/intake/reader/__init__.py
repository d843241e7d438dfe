"""Reads untrusted files in a process of its own: no Django, no network, limits on memory and time."""
