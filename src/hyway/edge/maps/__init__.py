"""What maps are made of: Leaflet, our own module on top of it, a base map that needs no network, tiles by setting."""

from hyway.edge.maps.assets import Assets
from hyway.edge.maps.bundle import Bundle, bundle
from hyway.edge.maps.tiles import Tiles

__all__ = ["Assets", "Bundle", "Tiles", "bundle"]
