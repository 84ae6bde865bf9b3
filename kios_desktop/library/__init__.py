"""The books on this computer: importing files and keeping them."""
