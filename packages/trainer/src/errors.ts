// What a person can put right: each message says what was found, where, and what to do.

/** Base of every error of this package that comes from its input (files, settings, data) and not from a bug. */
export class TrainerError extends Error {
  override name = 'TrainerError';
}

/** A model's file or folder is missing, damaged, hostile, or of a kind that is not supported. */
export class ModelFormatError extends TrainerError {
  override name = 'ModelFormatError';
}

/** A setting outside its range, or settings that contradict each other or the model. */
export class SettingsError extends TrainerError {
  override name = 'SettingsError';
}

/** Training data that nothing can be learnt from. */
export class DataError extends TrainerError {
  override name = 'DataError';
}

/** A file could not be written: no space, no permission, or something in the way. */
export class OutputError extends TrainerError {
  override name = 'OutputError';
}

/** A tokenizer or chat template that is missing, damaged, or does not fit the model. */
export class TextError extends TrainerError {
  override name = 'TextError';
}
