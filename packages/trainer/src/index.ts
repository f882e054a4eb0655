// The fine-tuning engine's public surface.
export { loraScale } from './adapters/lora.js';
export { CheckpointError } from './checkpoints/checkpoint-error.js';
export {
  type LoadedCheckpoint,
  loadBest,
  loadLatestCheckpoint,
  markBest,
  type SavedCheckpoint,
  saveCheckpoint,
} from './checkpoints/checkpoints.js';
export type { SnapshotContents } from './checkpoints/write-snapshot.js';
export type { ChatMessage, Example, TokenizedExample } from './data/example.js';
export { stepExamples, stepsPerEpoch, totalSteps } from './data/order.js';
export { NothingToLearnError, type TokenizeOptions, tokenizeExample } from './data/tokenize.js';
export { DataError, ModelFormatError, OutputError, SettingsError, TextError, TrainerError } from './errors.js';
export { evaluateLoss, type LossMeasurement } from './evaluation/evaluate-loss.js';
export { type LabelScores, type ScoreOptions, scoreLabelTokens } from './evaluation/score-label-tokens.js';
export { type ScoreLabelsOptions, scoreLabels } from './evaluation/score-labels.js';
export { type ExportOptions, exportAdapter, exportModel } from './export/export-model.js';
export { exportGguf, type GgufExportOptions, type GgufQuantization } from './export/gguf/export-gguf.js';
export { exportHuggingFace, type HuggingFaceExport } from './export/hugging-face.js';
export { mergedTensor, mergedTensors } from './export/merge.js';
export { type CardData, type CardKind, type CardScore, cardInFormat, modelCard } from './export/model-card.js';
export { exportOnnx, type OnnxExportOptions } from './export/onnx/export-onnx.js';
export { exportPeftAdapter, type PeftAdapterExport } from './export/peft-adapter.js';
export { Decoder } from './generation/decoder.js';
export { type GenerateOptions, generate } from './generation/generate.js';
export { type GenerateTokensOptions, generateTokens } from './generation/generate-tokens.js';
export type { SamplingOptions } from './generation/sample.js';
export { ParameterMemory } from './kernels/memory.js';
export type { Architecture, ModelTask } from './models/architecture.js';
export { BaseModel, type LoadOptions } from './models/base-model.js';
export { wantedLabelsKey } from './models/classes.js';
export type { ModelConfig } from './models/config.js';
export { encoderModelTypes, readArchitecture, supportedModelTypes } from './models/families.js';
export { loadModel } from './models/load-model.js';
export type { Model, TunedWeights, WeightTensor } from './models/model.js';
export { isGgufFile } from './models/model-source.js';
export type { Diagnosis } from './monitors/diagnosis.js';
export { DivergenceMonitor } from './monitors/divergence.js';
export { EarlyStopping } from './monitors/early-stopping.js';
export { diagnoseStuck, type MeasuredPoint } from './monitors/stuck.js';
export { updateRuleOf } from './optimizers/choose.js';
export { type OptimizedParameter, Optimizer, type StepOptions, type StepResult } from './optimizers/optimizer.js';
export type { ParameterKind, ParameterUpdate, UpdateRule } from './optimizers/update-rule.js';
export { fillNormal, fillUniform } from './random/fill.js';
export { Purpose, type RandomKey } from './random/philox.js';
export { permutation, RandomStream } from './random/random-stream.js';
export {
  type DeviceChoice,
  DeviceError,
  type DeviceErrorKind,
  type DeviceName,
  deviceChoices,
} from './runtime/device.js';
export { learningRateAt, warmupSteps } from './schedules/learning-rate.js';
export * from './settings.js';
export { ChatTemplate } from './text/chat-template.js';
export { TextTokenizer } from './text/tokenizer.js';
export { estimateMemory } from './training/estimate-memory.js';
export { estimateSpeed } from './training/estimate-speed.js';
export type { ChosenDevice, Evaluation, Outcome, TrainingEvent } from './training/events.js';
export { fineTune } from './training/fine-tune.js';
export type { FineTuneOptions, FineTuneResult } from './training/fine-tune-options.js';
export { Learner, type LearnerOptions, type StepOutcome } from './training/learner.js';
export { learningRateRamp, type RampOptions, type RampPoint } from './training/learning-rate-ramp.js';
export { validateSettings } from './validate-settings.js';
export type { ModelWeights, TensorInfo } from './weights/model-weights.js';
export { SafetensorsFile } from './weights/safetensors.js';
export { type TensorToWrite, type WritableDtype, writeSafetensors } from './weights/write-safetensors.js';
