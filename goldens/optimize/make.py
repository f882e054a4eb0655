"""What training tools really print and write, for the readers in packages/goldilocks/src/optimize/metrics.

    OMP_NUM_THREADS=1 .venv/bin/python goldens/optimize/make.py

Needs torch, transformers and tensorboard. Writes beside itself: trainer.json (output of the Hugging Face Trainer with and
without its progress bar, a diverged run too), events/ (TensorBoard files in both forms of scalars) and expected.json (what
TensorBoard's own reader finds in them).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent

TRAIN = r"""
import sys, torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments
quiet, rate, folder, logs = sys.argv[1] == "quiet", float(sys.argv[2]), sys.argv[3], sys.argv[4]
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(vocab_size=32, n_positions=16, n_embd=8, n_layer=1, n_head=1))
rows = [{"input_ids": torch.randint(0, 32, (8,)), "labels": torch.randint(0, 32, (8,))} for _ in range(16)]
arguments = TrainingArguments(
    output_dir=folder, num_train_epochs=2, per_device_train_batch_size=4, learning_rate=rate, eval_strategy="epoch",
    logging_steps=2, save_strategy="no", disable_tqdm=quiet, use_cpu=True, seed=0, logging_nan_inf_filter=False,
    report_to=["tensorboard"] if logs else "none",
)
Trainer(model=model, args=arguments, train_dataset=rows, eval_dataset=rows[:4]).train()
"""


def run(quiet: str, rate: str, logs: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TENSORBOARD_LOGGING_DIR": logs, "TRANSFORMERS_VERBOSITY": "error"}
        done = subprocess.run(
            [sys.executable, "-c", TRAIN, quiet, rate, folder, logs], capture_output=True, env=environment, check=True
        )
        return done.stdout.decode() + done.stderr.decode()


def write_events() -> None:
    import numpy
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from torch.utils.tensorboard import SummaryWriter

    folder = here / "events"
    shutil.rmtree(folder, ignore_errors=True)
    run("quiet", "1e-3", str(folder / "trainer"))
    writer = SummaryWriter(str(folder / "writer"))
    for step in range(5):
        writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_scalar("new_style", 2.5 - step, step, new_style=True)
        writer.add_scalar("double", 10.0**-step, step, new_style=True, double_precision=True)
    writer.add_scalar("loss", float("nan"), 5)
    writer.add_scalar("loss", float("inf"), 6)
    writer.add_text("note", "no scalar", 1)
    writer.add_histogram("weights", numpy.arange(10.0), 1)
    writer.file_writer.event_writer.add_event(Event(step=2**40, summary=Summary(value=[Summary.Value(tag="far", simple_value=1.5)])))
    writer.close()


def read_events() -> dict:
    """The scalars that TensorBoard finds, as text: JSON has no NaN."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    expected = {}
    for name in ["trainer", "writer"]:
        accumulator = EventAccumulator(str(here / "events" / name), size_guidance={"scalars": 0, "tensors": 0})
        accumulator.Reload()
        found = {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}
        for tag in accumulator.Tags()["tensors"]:
            values = [[e.step, make_ndarray(e.tensor_proto)] for e in accumulator.Tensors(tag)]
            if all(value.size == 1 and value.dtype.kind in "fi" for _, value in values):
                found[tag] = [[step, float(value.reshape(()))] for step, value in values]
        expected[name] = {tag: [[s, repr(float(v))] for s, v in values] for tag, values in found.items()}
    return expected


if __name__ == "__main__":
    logs = {"quiet": run("quiet", "1e-3", ""), "bar": run("bar", "1e-3", ""), "diverged": run("quiet", "1e30", "")}
    (here / "trainer.json").write_text(json.dumps(logs, indent=1) + "\n")
    write_events()
    for path in sorted((here / "events").rglob("*tfevents*")):
        path.rename(path.parent / f"events.out.tfevents.{path.parent.name}")
    (here / "expected.json").write_text(json.dumps(read_events(), indent=1) + "\n")
