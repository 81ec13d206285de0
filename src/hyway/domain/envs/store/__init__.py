"""Statements on env files and vault keys."""
