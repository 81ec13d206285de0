"""Where things are: distances, lines, areas and cells on the ellipsoid."""
