"""How sync stands, in words, lines and menus."""
