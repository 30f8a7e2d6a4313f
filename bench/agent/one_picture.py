"""Run by `pictures.py` in a fresh process: the agent's own screenshot source, and what it cost."""

import sys
import time
from pathlib import Path
from statistics import median

import msgspec

from agent.observations import Observation, PictureTaken
from agent.sources.x11_screenshots import X11Screenshots
from bench.agent.cost import PictureCost
from wire.codes import Category, ScreenshotOutcome
from wire.policy import Policy, Screenshots, WindowRule

PICTURES = 9
INTERVAL_S = 5


def main() -> int:
    """Take the pictures; print the cost as JSON."""
    rules = Screenshots(interval_s=INTERVAL_S)
    policy = Policy(
        1, windows=(WindowRule(Category.TASK, title="evaluation task*"),), screenshots=rules
    )
    seen: list[Observation] = []
    source = X11Screenshots(policy, rules, draw=lambda: 0.0)
    source.start(seen.append)
    costs = []
    for turn in range(PICTURES + 1):
        before_s = time.process_time()
        source.pump((turn + 1) * INTERVAL_S * 1_000_000)
        costs.append(time.process_time() - before_s)
    source.stop()
    taken = [each for each in seen if isinstance(each, PictureTaken)]
    if len(taken) < PICTURES or any(t.outcome is not ScreenshotOutcome.TAKEN for t in taken):
        print(f"pictures were not taken: {[t.outcome for t in taken]}", file=sys.stderr)
        return 1
    # Not ru_maxrss: across fork and exec that keeps the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    peak_bytes = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    sizes = median(picture.size_bytes for picture in taken)
    # The first turn only plans.
    cost = PictureCost(len(taken), median(costs[1:]) * 1000.0, peak_bytes, round(sizes))
    sys.stdout.buffer.write(msgspec.json.encode(cost))
    return 0


if __name__ == "__main__":
    sys.exit(main())
