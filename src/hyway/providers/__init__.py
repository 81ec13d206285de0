"""Vendors that organizations integrate with: each file speaks to one through its own client.

They are found by their entry points (see hyway.domain.connections.providing), as those of other packages are.
"""
