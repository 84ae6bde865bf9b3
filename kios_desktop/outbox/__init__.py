"""What goes to an account's server and what comes from there: decisions, and who carries them out.

The decisions are pure functions of what is here, what the server is known to have, and what it says
that it has. Source of the rules: what BookLore and Grimmory servers answered, see docs/servers.md.
"""
