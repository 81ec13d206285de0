"""Tables and statements of links and of the shelves they are kept on."""
