"""Ximu (徙木): the register of whether a government keeps its word."""
