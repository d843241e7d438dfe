"""Tendering (row D3): a scale that names nobody, credit reports checked at use, terms of tenders, sharing with the trading centre."""
