"""Speed and memory, as ratios in one run. Figures, and no part of the tests."""
