"""Where a run stands: measurements, early stopping, divergence; saved so that a kill loses at most the time since."""

import hashlib
import json
import math
import os
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

KEPT = 2  # checkpoints; the older one serves where the newer is damaged


class Progress(dict):
    """The numbers of a run, as they stand in a checkpoint's JSON."""

    def __init__(self, fingerprint):
        super().__init__(
            fingerprint=fingerprint, step=0, tokens=0, seconds=0.0, history=[], best=None, recent=[0.0, 0],
            stopping={"reference": None, "waited": 0}, divergence={"skipped": 0, "start": [], "smoothed": 0.0, "high": 0},
            finished=None, diagnosis=None,
        )

    def record(self, evaluation, settings):
        """Notes a measurement. Returns whether it is the best so far."""
        self["history"].append(evaluation)
        loss, stopping = evaluation["loss"], self["stopping"]
        reference = stopping["reference"]
        improved = reference is None or loss < reference - settings["minImprovement"] * abs(reference)
        stopping["waited"] = 0 if improved else stopping["waited"] + 1
        if improved:
            stopping["reference"] = loss
        best = self["best"] is None or loss < self["best"]["loss"]
        if best:
            self["best"] = evaluation
        return best

    def stops_early(self, settings):
        return 0 < settings["patience"] <= self["stopping"]["waited"]

    def watch(self, step, loss, applied):
        """Returns a diagnosis where the training loss left the finite or ran away, with the ONNX engine's limits."""
        state = self["divergence"]
        if not applied:
            state["skipped"] += 1
            if state["skipped"] < 5:
                return None
            message = f"Loss or gradient was not a finite number in 5 steps in a row, up to step {step}; none changed the weights."
            return _diagnosis("not-finite", step, message)
        state["skipped"] = 0
        if len(state["start"]) < 5:
            state["start"].append(loss)
            state["smoothed"] = sum(state["start"]) / len(state["start"])
            return None
        start = sum(state["start"]) / 5
        state["smoothed"] = 0.9 * state["smoothed"] + 0.1 * loss
        state["high"] = state["high"] + 1 if state["smoothed"] > start + max(0.5 * start, 0.5) else 0
        if state["high"] < 20:
            return None
        message = f"The training loss began at {start:.2f} and has stayed around {state['smoothed']:.2f} for 20 steps, up to step {step}."
        return _diagnosis("diverged", step, message)


def _diagnosis(kind, step, message):
    advice = "Lower the learning rate to a third, or lengthen the warm-up."
    return {"kind": kind, "step": step, "message": message, "advice": advice}


class Checkpoints:
    """Folders `step-N` and `best-N` in one place, each whole or not there: written aside, flushed, renamed."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob("tmp-*"):
            shutil.rmtree(leftover)

    def save(self, progress, tensors):
        self._write(f"step-{progress['step']:08}", tensors, progress)
        for old in self._found("step-")[:-KEPT]:
            shutil.rmtree(old)
        # A run that goes on from the older checkpoint needs the weights that were the best then.
        needed = {self._best_of(folder) for folder in self._found("step-")}
        for old in self._found("best-"):
            if old.name not in needed:
                shutil.rmtree(old)

    def save_best(self, step, tensors):
        shutil.rmtree(self.folder / f"best-{step:08}", ignore_errors=True)
        self._write(f"best-{step:08}", tensors, {"step": step})

    def load(self):
        """The newest sound checkpoint as (progress, tensors), or None."""
        for folder in reversed(self._found("step-")):
            if _is_sound(folder):
                return json.loads((folder / "state.json").read_text()), load_file(folder / "tensors.safetensors")
        return None

    def load_best(self, step):
        return load_file(self.folder / f"best-{step:08}" / "tensors.safetensors")

    def _found(self, prefix):
        return sorted(self.folder.glob(f"{prefix}*"))

    def _best_of(self, folder):
        best = json.loads((folder / "state.json").read_text())["best"]
        return best and f"best-{best['step']:08}"

    def _write(self, name, tensors, state):
        target, aside = self.folder / name, self.folder / f"tmp-{name}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, aside / "tensors.safetensors")
        (aside / "state.json").write_text(json.dumps(state))
        manifest = {file.name: _hash(file) for file in aside.iterdir()}
        (aside / "manifest.json").write_text(json.dumps(manifest))
        for path in [*aside.iterdir(), aside]:
            _flush(path)
        if target.exists():
            shutil.rmtree(target)
        aside.rename(target)
        _flush(self.folder)


def _is_sound(folder):
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        return all(_hash(folder / name) == expected for name, expected in manifest.items())
    except (OSError, ValueError):
        return False


def _hash(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def finite(value):
    """JSON has no NaN and no infinity: they cross as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, (list, tuple)) else value
