"""Read aloud: by a voice of the system, or with the book's own recording."""
