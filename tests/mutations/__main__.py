"""Plants every fault in turn and says which were noticed: `python -m tests.mutations [WORDS]`.

Takes some minutes. Exits 0 only when all were.
"""

import argparse
import sys
from tempfile import TemporaryDirectory

from tests.mutations import program, sync
from tests.mutations.program import Tree, Unsound


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults with these words in their names")
    wanted = parser.parse_args().words
    missed = 0

    def tell(name: str, noticed: bool) -> None:
        nonlocal missed
        missed += not noticed
        sys.stdout.write(f"{'caught' if noticed else 'MISSED'}  {name}\n")
        sys.stdout.flush()

    for fault in sync.FAULTS:
        if all(word in fault.name for word in wanted):
            tell(fault.name, sync.caught(fault))
    faults = [one for one in program.FAULTS if all(word in one.name for word in wanted)]
    with TemporaryDirectory(prefix="kios-mutations-") as folder:
        tree = Tree(folder)
        try:
            tree.check(faults)
            for one in faults:
                tell(one.name, tree.notices(one))
        except Unsound as error:
            sys.stderr.write(f"{error}\n")
            return 2
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
