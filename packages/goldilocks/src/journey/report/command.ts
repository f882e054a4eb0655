// The command lines that a report names.
import type { JourneySettings } from '../options.js';
import { budgetOf } from '../options.js';

/** One line for a shell that runs the same journey again. */
export function runCommand(settings: JourneySettings): string {
  const { minutes, trials } = budgetOf(settings);
  const flags: [string, string | number | boolean | undefined][] = [
    ['--model', settings.model],
    ['--out', settings.out],
    ['--budget', minutes === undefined ? undefined : `${Number(minutes.toFixed(2))}m`],
    ['--trials', trials],
    ['--metric', settings.metric],
    ['--method', settings.method],
    ['--template', settings.template],
    ['--seed', settings.seed ?? 0],
    ['--retention-limit', settings.retentionLimit],
    ['--skip-bad-rows', settings.skipBadRows],
    ...hyperparameterFlags(settings),
    ['--task', settings.task],
    ['--text-column', settings.textColumn],
    ['--prompt-column', settings.promptColumn],
    ['--completion-column', settings.completionColumn],
    ['--label-column', settings.labelColumn ?? settings.labelColumns?.join(',')],
    ['--split-column', settings.splitColumn],
    ['--validation-share', settings.validationShare],
    ['--test-share', settings.testShare],
  ];
  const parts = flags
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([flag, value]) => (value === true ? flag : `${flag} ${quote(String(value))}`));
  return ['goldilocks run', quote(settings.data), ...parts].join(' ');
}

function hyperparameterFlags({ settings = {} }: JourneySettings): [string, string | number | boolean | undefined][] {
  const { schedule, freezing, lora, optimizer } = settings;
  return [
    ['--learning-rate', settings.learningRate],
    ['--batch-size', settings.batchSize],
    ['--epochs', settings.epochs],
    ['--dropout', settings.dropout],
    ['--weight-decay', settings.weightDecay],
    ['--schedule', schedule?.name],
    ['--warmup', schedule?.warmup],
    ['--schedule-floor', schedule?.floor],
    ['--schedule-cycles', schedule?.cycles],
    ['--schedule-power', schedule?.power],
    ['--schedule-decay', schedule?.decay],
    ['--frozen-layers', freezing?.layers],
    ['--unfreeze', freezing?.unfreeze],
    ['--unfreeze-every', freezing?.unfreezeEvery],
    ['--freeze-tensors', freezing?.tensors?.join(',')],
    ['--layerwise-decay', freezing?.layerwiseDecay],
    ['--lora-rank', lora?.rank],
    ['--lora-alpha', lora?.alpha],
    ['--lora-targets', lora?.targets?.join(',')],
    ['--rslora', lora?.rankStabilized],
    ['--dora', lora?.dora],
    ['--optimizer', optimizer?.name],
    ['--momentum', optimizer?.momentum],
    ['--nesterov', optimizer?.nesterov],
    ['--label-smoothing', settings.labelSmoothing],
    ['--neftune', settings.neftune],
    ['--replay', settings.replay?.share],
    ['--replay-text', settings.replay?.text],
    ['--base-precision', settings.basePrecision],
    ['--max-length', settings.maxLength],
    ['--micro-batch-tokens', settings.microBatchTokens],
    ['--gradient-checkpointing', settings.gradientCheckpointing],
    ['--device', settings.device],
    ['--mixed-precision', settings.mixedPrecision],
    ['--patience', settings.patience],
  ];
}

/** A word for a POSIX shell: quoted where it has anything but plain characters. */
export function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
