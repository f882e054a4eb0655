"""Runs a job of the PyTorch trainer until it tells of a step, and dies there as by kill -9: who watched from outside could be too late.

Usage: python killed.py JOB STEP
"""

import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "workers/pytorch"))
from train import Run  # noqa: E402


def main(job, step):
    def emit(event):
        if event["type"] == "step" and event["step"] == int(step):
            os.kill(os.getpid(), signal.SIGKILL)

    Run(json.loads(Path(job).read_text()), emit).go()


main(*sys.argv[1:])
