"""Trains a causal language model with PyTorch, Transformers and PEFT: `python train.py JOB.json`.

The job has the fields of Goldilocks' `fineTune` operation (packages/protocol, pytorch-job.ts). Standard output carries one
JSON object a line: the events of training, then `result` or `error`. SIGTERM finishes the step, saves, and ends with the
outcome `interrupted`; called again with the same job it goes on exactly where it was.
"""

import argparse
import hashlib
import json
import math
import os
import resource
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

import torch

from data import (
    DROPOUT, DataError, evaluation_steps, micro_batches, random_words, read_examples, step_examples, steps_per_epoch, total_steps,
)
from model import SettingsError, TrainedModel
from schedule import learning_rate
from state import Checkpoints, Progress, finite


# What the ONNX engine alone can do, by the flag that asks for it.
ONNX_ALONE = {
    "--optimizer": lambda settings: (settings.get("optimizer") or {}).get("name", "adamw") != "adamw",
    "--label-smoothing": lambda settings: settings.get("labelSmoothing"),
    "--dora": lambda settings: (settings.get("lora") or {}).get("dora"),
    "--replay": lambda settings: settings.get("replay"),
    "--neftune": lambda settings: settings.get("neftune"),
}


class Run:
    """One run of a job, from its last checkpoint to its end."""

    def __init__(self, job, emit):
        self.job, self.settings, self.emit = job, job["settings"], emit
        for flag, asked in ONNX_ALONE.items():
            if asked(self.settings):
                raise SettingsError(f"The PyTorch trainer does not know {flag}. Leave it out, or train with the ONNX engine.")
        self.train = read_examples(**job["train"])
        self.validation = read_examples(**job["validation"])
        if not self.train:
            raise DataError("There is no training example. Give at least one.")
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = TrainedModel(job["model"], self.settings, self.device, self.checkpoints_layers())
        adam = self.settings["adam"]
        self.optimizer = torch.optim.AdamW(
            self.model.parameter_groups(), lr=0.0, betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"]
        )
        self.total = total_steps(len(self.train), self.settings["batchSize"], self.settings["epochs"])
        self.per_epoch = steps_per_epoch(len(self.train), self.settings["batchSize"])
        self.checkpoints = Checkpoints(job["checkpointDirectory"])
        self.progress = Progress(self.fingerprint())
        self.saved_at, self.save_seconds, self.stopping = time.monotonic(), 0.0, False
        self.restore()

    def checkpoints_layers(self):
        return self.settings.get("gradientCheckpointing", False) or self.job.get("gradientCheckpointing", False)

    def fingerprint(self):
        """What decides a run's result: a checkpoint only continues its own run. What only saves memory does not, beyond rounding."""
        thrift = ("microBatchTokens", "gradientCheckpointing")
        settings = {key: value for key, value in self.settings.items() if key not in thrift}
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
        digest.update((Path(self.job["model"]) / "config.json").read_bytes())
        for file in sorted(Path(self.job["model"]).glob("*.safetensors")):
            digest.update(f"{file.name}:{file.stat().st_size}".encode())
        for example in self.train + self.validation:
            digest.update(example.ids.tobytes() + example.supervised.tobytes())
        return digest.hexdigest()

    def restore(self):
        found = self.checkpoints.load()
        if found is None:
            return
        progress, tensors = found
        if progress["fingerprint"] != self.progress["fingerprint"]:
            raise SettingsError(
                f"{self.job['checkpointDirectory']} holds the checkpoint of a run with other settings, data or base model. "
                "Continue that run with its own, or give an empty folder."
            )
        steps = progress.pop("optimizerSteps")
        self.progress.update(progress)
        for name, parameter in self.model.trainable.items():
            with torch.no_grad():
                parameter.copy_(tensors[name])
            if name in steps:
                self.optimizer.state[parameter] = {
                    "step": torch.tensor(float(steps[name])),
                    "exp_avg": tensors[f"{name}.first_moment"].to(parameter.device),
                    "exp_avg_sq": tensors[f"{name}.second_moment"].to(parameter.device),
                }

    def save(self):
        started = time.monotonic()
        tensors, steps = self.weights(), {}
        for name, parameter in self.model.trainable.items():
            state = self.optimizer.state.get(parameter)
            if state:
                steps[name] = int(state["step"])
                tensors |= {f"{name}.first_moment": state["exp_avg"], f"{name}.second_moment": state["exp_avg_sq"]}
        self.checkpoints.save({**self.progress, "optimizerSteps": steps}, tensors)
        self.saved_at = time.monotonic()
        self.save_seconds = self.saved_at - started
        self.emit({"type": "checkpoint", "step": self.progress["step"]})

    def weights(self):
        return {name: parameter.data for name, parameter in self.model.trainable.items()}

    def go(self):
        """Trains until the end, the share to stop at, or a signal. Returns the outcome."""
        progress, job = self.progress, self.job
        if progress["finished"]:
            return progress["finished"]
        pause_at = min(self.total, math.ceil(self.total * job.get("stopAtShare", 1)))
        evaluate_at = evaluation_steps(self.settings, len(self.train), self.total, job.get("evaluateAtShares") or [])
        trainable = sum(parameter.numel() for parameter in self.model.trainable.values())
        everything = sum(parameter.numel() for parameter in self.model.whole.parameters())
        start = {"step": progress["step"], "totalSteps": self.total, "trainableParameters": trainable}
        base = everything - (trainable if self.model.is_lora else 0)
        self.emit({"type": "start", **start, "totalParameters": base, "history": progress["history"]})
        self.model.move_to(progress["step"] / self.per_epoch)
        if job.get("validateAtStart") and progress["step"] == 0 and not progress["history"]:
            self.validate()
        while progress["step"] < pause_at:
            if self.stopping:
                return self.leave("interrupted")
            progress["diagnosis"] = self.step(progress["step"])
            if progress["diagnosis"] or progress["step"] in evaluate_at and not self.validate():
                self.emit({"type": "diagnosis", "diagnosis": progress["diagnosis"]})
                return self.leave("diverged")
            if progress.stops_early(self.settings):
                return self.leave("stopped-early")
            # Saving may take a twentieth of the time at most.
            if time.monotonic() - self.saved_at >= max(job.get("checkpointEverySeconds", 60), 20 * self.save_seconds):
                self.save()
        return self.leave("paused" if progress["step"] < self.total else "completed")

    def leave(self, outcome):
        if outcome not in ("paused", "interrupted"):
            self.progress["finished"] = outcome
        self.save()
        return outcome

    def step(self, step):
        """One optimizer step. Returns a diagnosis where the run should end."""
        started = time.monotonic()
        settings, progress = self.settings, self.progress
        if self.model.move_to(step / self.per_epoch):
            self.emit({"type": "unfreeze", "step": step, "lowestTrainableLayer": self.model.lowest})
        examples = step_examples(self.train, settings["seed"], settings["batchSize"], step)
        rate = learning_rate(settings["schedule"], step, self.total, settings["learningRate"])
        loss, norm, applied = self.update(examples, step, rate)
        tokens = sum(len(example.ids) - 1 for example in examples)
        seconds = time.monotonic() - started
        progress["step"] += 1
        progress["tokens"] += tokens
        progress["seconds"] += seconds
        if applied:
            progress["recent"] = [progress["recent"][0] + loss, progress["recent"][1] + 1]
        self.emit({
            "type": "step", "step": progress["step"], "totalSteps": self.total, "epoch": progress["step"] / self.per_epoch,
            "loss": loss, "learningRate": rate, "gradientNorm": norm, "tokens": tokens, "seconds": seconds, "applied": applied,
        })
        return progress.watch(progress["step"], loss, applied)

    def update(self, examples, step, rate):
        """Gradients of the mean loss over the step's supervised tokens, accumulated; then AdamW."""
        counted = sum(example.targets for example in examples)
        loss = 0.0
        self.optimizer.zero_grad(set_to_none=True)
        for part, positions in enumerate(micro_batches(examples, self.settings["microBatchTokens"])):
            # Dropout's masks follow from seed, step and micro-batch alone, so that a resumed run draws the same.
            torch.manual_seed(int(random_words(self.settings["seed"], DROPOUT, step, 1, part)[0]))
            share = self.model.losses([examples[i] for i in positions]).sum() / counted
            share.backward()
            loss += share.item()
        parameters = [parameter for parameter in self.model.trainable.values() if parameter.grad is not None]
        most = self.settings["maxGradientNorm"] or math.inf
        norm = torch.nn.utils.clip_grad_norm_(parameters, most).item()
        applied = math.isfinite(loss) and math.isfinite(norm)
        if applied:
            for group in self.optimizer.param_groups:
                group["lr"] = rate * group["scale"]
            self.optimizer.step()
        return loss, norm, applied

    @torch.no_grad()
    def measure(self):
        """Loss on the validation examples: mean, perplexity, bits per byte, and the mean of each example."""
        self.model.whole.eval()
        sums = [0.0] * len(self.validation)
        for positions in micro_batches(self.validation, 2 * self.settings["microBatchTokens"]):
            losses = self.model.losses([self.validation[i] for i in positions]).double()
            parts = torch.split(losses, [self.validation[i].targets for i in positions])
            for position, part in zip(positions, parts, strict=True):
                sums[position] = part.sum().item()
        self.model.whole.train()
        loss = sum(sums) / sum(example.targets for example in self.validation)
        per_byte = sum(sums) / math.log(2) / max(1, sum(example.supervised_bytes for example in self.validation))
        each = [total / max(1, example.targets) for total, example in zip(sums, self.validation, strict=True)]
        return {"loss": loss, "perplexity": math.exp(min(loss, 700)), "bitsPerByte": per_byte, "perExample": each}

    def validate(self):
        """Measures, and keeps the weights where they are the best so far. Returns False where the loss is no number."""
        if not self.validation:
            return True
        started, progress = time.monotonic(), self.progress
        measured, step = self.measure(), self.progress["step"]
        if not math.isfinite(measured["loss"]):
            message = f"The validation loss is not a number after step {step}: the weights have been driven out of range."
            advice = "Lower the learning rate to a third, or clip gradients to a smaller norm."
            progress["diagnosis"] = {"kind": "not-finite", "step": step, "message": message, "advice": advice}
            return False
        evaluation = {"step": step, "epoch": step / self.per_epoch, "share": step / self.total, **measured}
        total, count = progress["recent"]
        if count:
            evaluation["trainingLoss"] = total / count
        progress["recent"] = [0.0, 0]
        best = progress.record(evaluation, self.settings)
        if best:
            self.checkpoints.save_best(step, self.weights())
        seconds = time.monotonic() - started
        progress["seconds"] += seconds
        self.emit({"type": "evaluation", "evaluation": evaluation, "best": best, "seconds": seconds})
        return True

    def export(self, folder):
        """Writes the best weights: an adapter as PEFT has it, or a whole model with its tokenizer's files."""
        if self.progress["best"]:
            best = self.checkpoints.load_best(self.progress["best"]["step"])
            with torch.no_grad():
                for name, parameter in self.model.trainable.items():
                    parameter.copy_(best[name])
        self.model.whole.save_pretrained(folder)
        for file in Path(self.job["model"]).iterdir():
            if not self.model.is_lora and "token" in file.name or file.name == "chat_template.jinja":
                (Path(folder) / file.name).write_bytes(file.read_bytes())

    def summary(self, outcome):
        names = ("step", "history", "tokens", "seconds")
        found = {name: self.progress[name] for name in names}
        optional = {name: self.progress[name] for name in ("best", "diagnosis") if self.progress[name]}
        lora = {"lora": self.settings["lora"]} if self.model.is_lora else {}
        return {"outcome": outcome, "totalSteps": self.total, "peakMemoryBytes": peak_memory(), **found, **optional, **lora}


def export_result(run, outcome):
    """Writes the result where the job asks for it and the run is over."""
    if run.job.get("output") and outcome in ("completed", "stopped-early"):
        run.export(run.job["output"])


def peak_memory():
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def describe(error):
    """An error as it crosses to whoever started this: its kind, and a sentence."""
    text = str(error)
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in text:
        advice = "A smaller microBatchTokens or maxLength, more frozen layers, LoRA or gradientCheckpointing needs less."
        return {"kind": "out-of-memory", "message": f"The trainer ran out of memory: {text.splitlines()[0]} {advice}"}
    known = isinstance(error, (DataError, SettingsError))
    detail = {} if known else {"stack": traceback.format_exc()}
    return {"kind": type(error).__name__, "message": text if known else f"{type(error).__name__}: {text}", **detail}


def end_with_parent():
    """Whoever started this holds the other end of standard input: when it is gone, nobody would take the result."""
    sys.stdin.buffer.read()
    os._exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("job", help="a file with the job as JSON")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    # Only what is meant for the reader reaches it: libraries that print go to standard error.
    lines, sys.stdout = sys.stdout, sys.stderr
    emit = lambda event: print(json.dumps(finite(event)), file=lines, flush=True)
    if arguments.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        job = json.loads(Path(arguments.job).read_text())
        run = Run(job, emit)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(run, "stopping", True))
        outcome = run.go()
        export_result(run, outcome)
        emit({"type": "result", "summary": run.summary(outcome)})
    except Exception as error:  # the reader gets every error in its own words
        emit({"type": "error", "error": describe(error)})
        sys.exit(1)


if __name__ == "__main__":
    main()
