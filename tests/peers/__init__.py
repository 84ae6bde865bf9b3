"""Kios against real servers: calibre's content server and Calibre-Web, on the loopback device."""
