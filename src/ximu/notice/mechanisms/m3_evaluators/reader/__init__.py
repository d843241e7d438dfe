"""The sandbox: a process of its own in which a method file meets the data, without network."""

from ximu.notice.mechanisms.m3_evaluators.reader.running import Job, closed_to_network, run

__all__ = ["Job", "closed_to_network", "run"]
