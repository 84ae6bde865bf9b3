"""The program around the windows: process, Qt, event loop, build and close."""
