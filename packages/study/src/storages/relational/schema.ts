/** Optuna's tables, schema version 12 (alembic revision v3.2.0.a), which Optuna 3.2 to 5 read and write. */

export const ALEMBIC_REVISION = 'v3.2.0.a';
export const SCHEMA_VERSION = 12;
/** The release whose tables these are; Optuna shows it in messages about versions. */
export const LIBRARY_VERSION = '5.0.0';
/** Revisions before ours, which `optuna storage upgrade` brings to it. */
export const OLDER_REVISIONS: ReadonlySet<string> = new Set([
  'v0.9.0.a',
  'v1.2.0.a',
  'v1.3.0.a',
  'v2.4.0.a',
  'v2.6.0.a',
  'v3.0.0.a',
  'v3.0.0.b',
  'v3.0.0.c',
  'v3.0.0.d',
]);

export type StoredState = 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL' | 'WAITING';
export type StoredDirection = 'NOT_SET' | 'MINIMIZE' | 'MAXIMIZE';
export type ValueType = 'FINITE' | 'INF_POS' | 'INF_NEG';
export type IntermediateValueType = ValueType | 'NAN';

export interface AttributeColumns {
  key: string;
  value_json: string;
}

export interface Tables {
  alembic_version: { version_num: string };
  version_info: { version_info_id: number; schema_version: number; library_version: string };
  studies: { study_id: number; study_name: string };
  study_directions: { direction: StoredDirection; study_id: number; objective: number };
  study_user_attributes: AttributeColumns & { study_id: number };
  study_system_attributes: AttributeColumns & { study_id: number };
  trials: {
    trial_id: number;
    number: number;
    study_id: number;
    state: StoredState;
    datetime_start: string | null;
    datetime_complete: string | null;
  };
  trial_user_attributes: AttributeColumns & { trial_id: number };
  trial_system_attributes: AttributeColumns & { trial_id: number };
  trial_params: {
    trial_id: number;
    param_name: string;
    param_value: number;
    distribution_json: string;
  };
  trial_values: { trial_id: number; objective: number; value: number | null; value_type: ValueType };
  trial_intermediate_values: {
    trial_id: number;
    step: number;
    intermediate_value: number | null;
    intermediate_value_type: IntermediateValueType;
  };
  trial_heartbeats: { trial_id: number; heartbeat: string };
}

/** The SQL types in which one database differs from another. */
interface ColumnTypes {
  readonly key: string;
  readonly time: string;
  readonly double: string;
  readonly direction: string;
  readonly state: string;
  readonly valueType: string;
  readonly intermediateValueType: string;
}

const SQLITE_TYPES: ColumnTypes = {
  key: 'INTEGER',
  time: 'DATETIME',
  double: 'FLOAT',
  direction: 'VARCHAR(8)',
  state: 'VARCHAR(8)',
  valueType: 'VARCHAR(7)',
  intermediateValueType: 'VARCHAR(7)',
};

const POSTGRES_TYPES: ColumnTypes = {
  key: 'SERIAL',
  time: 'TIMESTAMP WITHOUT TIME ZONE',
  double: 'DOUBLE PRECISION',
  direction: 'studydirection',
  state: 'trialstate',
  valueType: 'trialvaluetype',
  intermediateValueType: 'trialintermediatevaluetype',
};

const STUDY = 'FOREIGN KEY(study_id) REFERENCES studies (study_id)';
const TRIAL = 'FOREIGN KEY(trial_id) REFERENCES trials (trial_id)';
const ATTRIBUTE = '"key" VARCHAR(512), value_json TEXT';

/** The statements that lay out an empty SQLite database. Heartbeats carry the database's clock. */
export const SQLITE_LAYOUT: readonly string[] = layout(SQLITE_TYPES);

/** The statements that lay out an empty PostgreSQL schema. */
export const POSTGRES_LAYOUT: readonly string[] = [
  "CREATE TYPE studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE')",
  "CREATE TYPE trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING')",
  "CREATE TYPE trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG')",
  "CREATE TYPE trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN')",
  ...layout(POSTGRES_TYPES),
];

function layout(type: ColumnTypes): string[] {
  return [
    'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
    'CREATE TABLE version_info (version_info_id INTEGER NOT NULL, schema_version INTEGER, library_version VARCHAR(256), PRIMARY KEY (version_info_id), CHECK (version_info_id=1))',
    `CREATE TABLE studies (study_id ${type.key} NOT NULL, study_name VARCHAR(512) NOT NULL, PRIMARY KEY (study_id))`,
    'CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name)',
    `CREATE TABLE study_directions (study_direction_id ${type.key} NOT NULL, direction ${type.direction} NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id), UNIQUE (study_id, objective), ${STUDY})`,
    `CREATE TABLE study_user_attributes (study_user_attribute_id ${type.key} NOT NULL, study_id INTEGER, ${ATTRIBUTE}, PRIMARY KEY (study_user_attribute_id), UNIQUE (study_id, "key"), ${STUDY})`,
    `CREATE TABLE study_system_attributes (study_system_attribute_id ${type.key} NOT NULL, study_id INTEGER, ${ATTRIBUTE}, PRIMARY KEY (study_system_attribute_id), UNIQUE (study_id, "key"), ${STUDY})`,
    `CREATE TABLE trials (trial_id ${type.key} NOT NULL, number INTEGER, study_id INTEGER, state ${type.state} NOT NULL, datetime_start ${type.time}, datetime_complete ${type.time}, PRIMARY KEY (trial_id), ${STUDY})`,
    'CREATE INDEX ix_trials_study_id ON trials (study_id)',
    `CREATE TABLE trial_user_attributes (trial_user_attribute_id ${type.key} NOT NULL, trial_id INTEGER, ${ATTRIBUTE}, PRIMARY KEY (trial_user_attribute_id), UNIQUE (trial_id, "key"), ${TRIAL})`,
    `CREATE TABLE trial_system_attributes (trial_system_attribute_id ${type.key} NOT NULL, trial_id INTEGER, ${ATTRIBUTE}, PRIMARY KEY (trial_system_attribute_id), UNIQUE (trial_id, "key"), ${TRIAL})`,
    `CREATE TABLE trial_params (param_id ${type.key} NOT NULL, trial_id INTEGER, param_name VARCHAR(512), param_value ${type.double}, distribution_json TEXT, PRIMARY KEY (param_id), UNIQUE (trial_id, param_name), ${TRIAL})`,
    `CREATE TABLE trial_values (trial_value_id ${type.key} NOT NULL, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value ${type.double}, value_type ${type.valueType} NOT NULL, PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective), ${TRIAL})`,
    `CREATE TABLE trial_intermediate_values (trial_intermediate_value_id ${type.key} NOT NULL, trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value ${type.double}, intermediate_value_type ${type.intermediateValueType} NOT NULL, PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step), ${TRIAL})`,
    `CREATE TABLE trial_heartbeats (trial_heartbeat_id ${type.key} NOT NULL, trial_id INTEGER NOT NULL, heartbeat ${type.time} NOT NULL, PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id), ${TRIAL})`,
    `INSERT INTO alembic_version VALUES ('${ALEMBIC_REVISION}')`,
    `INSERT INTO version_info VALUES (1, ${SCHEMA_VERSION}, '${LIBRARY_VERSION}')`,
  ];
}
