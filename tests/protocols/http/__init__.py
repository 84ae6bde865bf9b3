"""Sessions, redirects and transfers against servers on the loopback device."""
