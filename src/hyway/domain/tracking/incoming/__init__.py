"""What devices send: judged, stored once, and followed up."""
