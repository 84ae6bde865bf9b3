"""The packaged app starts here."""

from kios_desktop.__main__ import main

raise SystemExit(main())
