"""The tests.

`unit/` mirrors `kios_desktop/`, without windows where possible. `gui/` holds what shows windows;
its folders mirror those of `ui/` and `startup/`. The others are kinds of their own: `properties/`
(Hypothesis), `protocols/` (one promise over every protocol), `e2e/` (whole programs), `peers/`
(real servers), `storm/`, `bench/` (figures, no tests) and `mutations/` (faults planted on purpose).
`fakes/` and the modules beside this one are what tests share.
"""
