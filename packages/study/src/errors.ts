/** The errors this package throws; each message says what was given, what was expected and what to do. */

/** Base of every error of this package, so that one `instanceof` catches them all. */
export class StudyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A distribution that describes no values, or two that cannot share a parameter's name. */
export class InvalidDistributionError extends StudyError {}

/** A parameter value that its distribution cannot represent. */
export class InvalidParameterError extends StudyError {}

/** Objective values of the wrong kind or number. */
export class InvalidValuesError extends StudyError {}

/** An option outside its range. */
export class InvalidOptionError extends StudyError {}

/** No study of that name or id in the storage. */
export class StudyNotFoundError extends StudyError {}

/** A study of that name is already in the storage. */
export class DuplicateStudyError extends StudyError {}

/** No trial of that id or number. */
export class TrialNotFoundError extends StudyError {}

/** A write to a trial that is not running: finished ones never change, waiting ones must be claimed first. */
export class TrialNotRunningError extends StudyError {}

/** The store has no artifact of that id. */
export class ArtifactNotFoundError extends StudyError {}

/** The study holds nothing that answers the question, e.g. its best trial before any has completed. */
export class NoTrialError extends StudyError {}

/** What was asked for does not fit the study, e.g. a single-objective method on several objectives. */
export class UnsupportedError extends StudyError {}

/** The storage could not be read or written. */
export class StorageError extends StudyError {}

/** Another process held the database longer than the busy timeout. */
export class StorageBusyError extends StorageError {}

/** The database server could not be reached, or went away and did not come back in time. */
export class StorageUnavailableError extends StorageError {}

/** The file is not a database, or is damaged. */
export class StorageCorruptError extends StorageError {}

/** The database's tables are of another version than this package reads, or not a study's at all. */
export class StorageSchemaError extends StorageError {}
