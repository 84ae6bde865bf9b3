"""Faults planted on purpose: each must make a test fail, else nobody would notice a real one.

`sync` plants them in the sync machine, in memory, and asks the properties; `program` plants them
anywhere, in a copy of the tree, and runs the tests that are to fail.

    python -m tests.mutations [words of a fault's name]
"""
