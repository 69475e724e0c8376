"""An import killed at any moment leaves the edition before or the new one, whole; ``bench`` tries it oftener."""

import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from knowledge.models import Register
from knowledge.store import Store
from tests.conftest import PATIENCE_S, ROOT
from tests.editions import edition_of, many_times, number_of

KILLS = 8
# Takes in one edition after the other, and says of each when it is in force.
IMPORTER = """
import sys
from pathlib import Path
from knowledge.models import Register
from knowledge.store import Store
from tests.editions import edition_of
store = Store(Path(sys.argv[1]))
register = Register.model_validate_json(Path(sys.argv[2]).read_bytes())
for number in range(int(sys.argv[3]), 400):
    store.add_edition(edition_of(register, number), "x", str(number).encode())
    print(number, flush=True)
"""


def test_a_killed_import_leaves_the_old_edition_or_the_new_one_whole(tmp_path: Path, waimao: Register) -> None:
    path, kept = tmp_path / "lianzheng.db", tmp_path / "register.json"
    register = many_times(waimao, 20)
    kept.write_text(register.model_dump_json(), "utf-8")
    with closing(Store(path)) as store:
        store.add_edition(edition_of(register, 0), "x", b"0")
    moments = random.Random(5)
    last = 0
    for _ in range(KILLS):
        command = [sys.executable, "-c", IMPORTER, str(path), str(kept), str(last + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout is not None
            last = int(process.stdout.readline())  # it is at work now
            try:
                process.wait(moments.uniform(0, 0.15))
            except subprocess.TimeoutExpired:
                process.kill()
            rest = process.stdout.read().split()
            assert process.wait(PATIENCE_S) == -signal.SIGKILL
        last = int(rest[-1]) if rest else last
        with closing(Store(path)) as store:
            (edition,) = store.in_force()
            assert len(edition.register_.powers) == len(register.powers)
            now = number_of(edition.register_)
            assert now in (last, last + 1)
            assert edition.register_ == edition_of(register, now)
            # no edition of which there is only a part, and none that nobody published
            assert {record.size for record in store.editions()[1:]} == {len(register.powers)}
            assert {one.edition for one in store.publications()} == {record.number for record in store.editions()}
        last = now
