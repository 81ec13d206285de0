"""Toggles, segments and public keys: their lists, their forms, and what somebody would see."""
