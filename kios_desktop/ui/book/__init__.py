"""The page of one book of the library: facts, where it syncs, where one has been, its file."""
