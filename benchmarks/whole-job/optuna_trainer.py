"""The peer's side: Optuna's TPE and median pruner around Hugging Face's Trainer and PEFT, as their documentation combines them.

usage: python optuna_trainer.py TOKENS FOLDER MINUTES SEED. A line of JSON for each measurement on the validation rows. The clock starts with the
search: imports and data are not counted.
"""

import json
import sys
import time
from pathlib import Path

import optuna
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, Trainer, TrainerCallback, TrainingArguments, set_seed

sys.path.insert(0, str(Path(__file__).parent.parent / "fine-tuning"))
from examples import collate, labelled  # noqa: E402

job = json.load(open(sys.argv[1]))
folder, budget, seed = sys.argv[2], 60 * float(sys.argv[3]), int(sys.argv[4])
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class Report(TrainerCallback):
    def __init__(self, trial):
        self.trial, self.best, self.number = trial, float("inf"), 0

    def on_evaluate(self, arguments, state, control, metrics=None, **_):
        loss = metrics["eval_loss"]
        self.best = min(self.best, loss)
        self.number += 1
        note(trial=self.trial.number, epoch=state.epoch, loss=loss)
        self.trial.report(loss, self.number)
        if self.trial.should_prune():
            raise optuna.TrialPruned
        if time.perf_counter() - started > budget:
            control.should_training_stop = True


def objective(trial):
    rate = trial.suggest_float("learning_rate", 1e-5, 1e-2, log=True)
    batch = trial.suggest_categorical("batch_size", [8, 16, 32])
    epochs = trial.suggest_int("epochs", 1, 6)
    dropout = trial.suggest_float("dropout", 0.0, 0.2)
    decay = trial.suggest_float("weight_decay", 0.0, 0.1)
    schedule = trial.suggest_categorical("schedule", ["linear", "cosine", "constant"])
    frozen = trial.suggest_int("frozen_layers", 0, 24, step=6)
    note(trial=trial.number, params=trial.params)
    set_seed(seed + trial.number)
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    layers = list(range(frozen, model.config.num_hidden_layers))
    config = LoraConfig(
        r=8, lora_alpha=16, lora_dropout=dropout, target_modules=LINEAR, layers_to_transform=layers, task_type="CAUSAL_LM"
    )
    arguments = TrainingArguments(
        output_dir=folder,
        learning_rate=rate,
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=16,
        prediction_loss_only=True,
        num_train_epochs=epochs,
        weight_decay=decay,
        lr_scheduler_type=schedule,
        warmup_steps=0.1,
        eval_strategy="steps",
        eval_steps=0.5 / epochs,
        logging_strategy="no",
        save_strategy="no",
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=seed + trial.number,
    )
    report = Report(trial)
    Trainer(
        model=get_peft_model(model, config),
        args=arguments,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=collate,
        callbacks=[report],
    ).train()
    return report.best


def note(**fields):
    print(json.dumps(dict(seconds=time.perf_counter() - started, **fields)), flush=True)


optuna.logging.set_verbosity(optuna.logging.WARNING)
train, validation = [[labelled(example) for example in job[split]] for split in ("train", "validation")]
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
# What most guides give for LoRA, as the first trial: nobody starts from a random rate.
study.enqueue_trial(
    dict(learning_rate=2e-4, batch_size=16, epochs=3, dropout=0.05, weight_decay=0.0, schedule="linear", frozen_layers=0)
)
started = time.perf_counter()
study.optimize(objective, timeout=budget)
note(trials=len(study.trials), best=study.best_value, params=study.best_params)
