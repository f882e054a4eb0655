"""Runs jobs of the PyTorch trainer in one process: batch.py JOBS.json. A line each: its steps and summary, or its error."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "workers" / "pytorch"))
from state import finite
from train import Run, describe, export_result

lines, sys.stdout = sys.stdout, sys.stderr
for job in json.loads(Path(sys.argv[1]).read_text()):
    events = []
    try:
        run = Run(job, events.append)
        outcome = run.go()
        export_result(run, outcome)
        line = {"steps": [event for event in events if event["type"] == "step"], "summary": run.summary(outcome)}
    except Exception as error:
        line = {"error": describe(error)}
    print(json.dumps(finite(line)), file=lines, flush=True)
