"""Disclosure: who may see what, and why; the only room that makes views."""
