"""Builders and servers for the tests."""
