"""The books on this computer: importing, storing and downloading their files."""
