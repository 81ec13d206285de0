"""The tests; their folders mirror those of src/hyway."""
