"""What the summary says of the time that the tests took."""

import subprocess
import sys

from tests.support.costs import SHOWN, Cost, as_table, work_of_descendants_s

WORK = """
import time
while time.process_time() < 0.5:
    pass
print("done", flush=True)
input()
"""


def test_the_work_of_a_process_that_was_started_is_counted():
    before_s = work_of_descendants_s()
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", WORK], stdin=pipe, stdout=pipe) as worker:
        worker.stdout.readline()
        worked_s = work_of_descendants_s() - before_s
        worker.communicate(b"\n")
    assert 0.4 < worked_s < 2


def test_the_longest_come_first_and_all_are_summed_up():
    files = {f"tests/test_{number}.py": Cost(1, number, number / 4) for number in range(1, 13)}
    head, *lines = as_table(files)
    assert head.split() == ["tests", "seconds", "processor", "waiting"]
    assert [line.split()[0] for line in lines] == [
        *(f"tests/test_{number}.py" for number in range(12, 12 - SHOWN, -1)),
        "all",
    ]
    assert lines[0].split()[1:] == ["1", "12.0", "3.0", "9.0"]
    assert lines[-1].split()[2:] == ["12", "78.0", "19.5", "58.5"]
