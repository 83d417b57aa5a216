"""Findings: what a check has found, how serious it is, and which sentence says so. No Odoo here."""

from .finding import Finding, Level, Record, Wording, gravest_first, grown_worse, worst

__all__ = ["Finding", "Level", "Record", "Wording", "gravest_first", "grown_worse", "worst"]
