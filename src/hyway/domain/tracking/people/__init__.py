"""Users, their groups, their phones and their pictures."""
