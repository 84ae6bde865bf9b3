"""Settings → Accounts: what goes to a BookLore or Grimmory server, and what comes from there."""
