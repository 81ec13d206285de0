"""Pages of people and their roles, of keys, projects and env files, and of where one is signed in."""
