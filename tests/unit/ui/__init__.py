"""Tests of the windows, without a window where possible."""
