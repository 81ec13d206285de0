"""The rooms of the console; each module offers its ROUTES."""
