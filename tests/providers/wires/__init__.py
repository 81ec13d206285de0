"""Vendors as local HTTP servers that speak their documented wires."""
