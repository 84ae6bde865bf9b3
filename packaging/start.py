"""The packaged app starts here."""

from multiprocessing import freeze_support

freeze_support()  # a process that reads books starts here too, and goes no further

from kios_desktop.__main__ import main  # noqa: E402

raise SystemExit(main())
