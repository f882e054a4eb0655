"""Runs a job of the PyTorch trainer, which gets a signal when it tells of a step: one from outside could come too late. Prints how it ended.

Usage: python signalled.py JOB STEP SIGNAL
"""

import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "workers" / "pytorch"))
from train import Run

path, step, name = sys.argv[1:]
lines, sys.stdout = sys.stdout, sys.stderr


def signal_at(event):
    if event["type"] == "step" and event["step"] == int(step):
        os.kill(os.getpid(), signal.Signals[name])


run = Run(json.loads(Path(path).read_text()), signal_at)
signal.signal(signal.SIGTERM, lambda *_: setattr(run, "stopping", True))
print(run.go(), file=lines)
