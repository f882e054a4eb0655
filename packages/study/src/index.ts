/** Hyperparameter search: studies that ask and are told, in Optuna's own tables. */

export type { ArtifactStore } from './artifacts/artifact-store.js';
export {
  type Artifact,
  type ArtifactOwner,
  artifactsOf,
  downloadArtifact,
  type UploadOptions,
  uploadArtifact,
} from './artifacts/artifacts.js';
export { FileSystemArtifactStore } from './artifacts/file-system-store.js';
export {
  type CategoricalDistribution,
  categorical,
  type Distribution,
  type FloatDistribution,
  float,
  type IntDistribution,
  int,
  type NumericDistribution,
  type ParamsOf,
  type Recommendation,
  recommending,
  type SearchSpace,
  type ValueOf,
} from './distributions/distribution.js';
export { formatDistribution, parseDistribution } from './distributions/optuna-json.js';
export * from './errors.js';
export type { Axis, ValuedAxis } from './figures/axis.js';
export { type ContourAxis, type ContourFigure, type ContourPanel, contourFigure } from './figures/contour.js';
export { type EdfFigure, edfFigure } from './figures/edf.js';
export {
  type HypervolumeHistoryFigure,
  type HypervolumeHistoryOptions,
  hypervolumeHistoryFigure,
} from './figures/hypervolume-history.js';
export { type Curve, type IntermediateValuesFigure, intermediateValuesFigure } from './figures/intermediate-values.js';
export {
  type Band,
  type HistorySeries,
  type HistoryState,
  type MeanHistoryFigure,
  meanHistoryFigure,
  type OptimizationHistoryFigure,
  optimizationHistoryFigure,
} from './figures/optimization-history.js';
export { type ParallelCoordinatesFigure, parallelCoordinatesFigure } from './figures/parallel-coordinates.js';
export {
  type ImportanceBars,
  type ImportanceEvaluator,
  type ParamImportancesFigure,
  paramImportancesFigure,
} from './figures/param-importances.js';
export {
  type ParetoFrontFigure,
  type ParetoFrontOptions,
  type ParetoKind,
  paretoFrontFigure,
} from './figures/pareto-front.js';
export { type RankFigure, rankFigure } from './figures/rank.js';
export { type ParameterOptions, type SliceFigure, type SlicePanel, sliceFigure } from './figures/slice.js';
export type { TargetInfo, TargetOptions } from './figures/target.js';
export {
  type TerminatorImprovementFigure,
  type TerminatorImprovementOptions,
  terminatorImprovementFigure,
} from './figures/terminator-improvement.js';
export { type TimelineBar, type TimelineFigure, type TimelineOptions, timelineFigure } from './figures/timeline.js';
export {
  type ForestImportanceOptions,
  fanovaImportance,
  meanDecreaseImpurityImportance,
} from './importance/forest-importance.js';
export { type PedAnovaOptions, pedAnovaImportance } from './importance/ped-anova.js';
export type { JsonObject, JsonValue } from './json.js';
export { type AshaOptions, AshaRule } from './multi-fidelity/asha-rule.js';
export { type CostFunction, learnCost } from './multi-fidelity/cost-model.js';
export { CurveModel, type CurveModelInput } from './multi-fidelity/curves/curve-model.js';
export { CurveRule, type CurveRuleOptions } from './multi-fidelity/curves/curve-rule.js';
export { type PausableTrial, pausableTrials } from './multi-fidelity/pausable-trial.js';
export { type ProjectedOptions, ProjectedSampler, projectedHistory } from './multi-fidelity/projected-sampler.js';
export { type Projectable, projectValues } from './multi-fidelity/projection.js';
export type { NextStep, PromotionRule, Situation } from './multi-fidelity/promotion-rule.js';
export {
  MultiFidelityScheduler,
  type Reached,
  type SchedulerOptions,
  type Task,
} from './multi-fidelity/scheduler.js';
export { DEFAULT_SHARES } from './multi-fidelity/shares.js';
export { hypervolume } from './multi-objective/hypervolume.js';
export {
  Confirmation,
  type ConfirmationOptions,
  type Repeat,
  repeatBudget,
  type Verdict,
} from './noise/confirmation.js';
export type { Contender, ExampleLosses } from './noise/contenders.js';
export type { Gain } from './noise/gain.js';
export { type PairedDifference, pairedDifference } from './noise/paired.js';
export {
  type Configuration,
  configurationsOf,
  type MeanTrials,
  meanTrials,
  SEED_KEY,
  seedOf,
} from './noise/repeats.js';
export { RandomGenerator, type RandomState } from './numerics/random.js';
export { type HyperbandOptions, HyperbandPruner } from './pruners/hyperband.js';
export { MedianPruner } from './pruners/median.js';
export { NonePruner } from './pruners/none.js';
export { type PatientOptions, PatientPruner } from './pruners/patient.js';
export { type PercentileOptions, PercentilePruner } from './pruners/percentile.js';
export type { Pruner, PruningContext, PruningDecision } from './pruners/pruner.js';
export { type SuccessiveHalvingOptions, SuccessiveHalvingPruner } from './pruners/successive-halving.js';
export { type ThresholdOptions, ThresholdPruner } from './pruners/threshold.js';
export { type WilcoxonOptions, WilcoxonPruner } from './pruners/wilcoxon.js';
export { type AutoOptions, AutoSampler, CHOICE_KEY, type SamplerChoice } from './samplers/auto.js';
export { type BruteForceOptions, BruteForceSampler } from './samplers/brute-force.js';
export { type CmaOptions, CmaSampler } from './samplers/cma/cma-sampler.js';
export {
  blxAlphaCrossover,
  type Crossover,
  spxCrossover,
  type Uniform,
  undxCrossover,
  uniformCrossover,
} from './samplers/genetic/crossover.js';
export type { GeneticOptions } from './samplers/genetic/genetic-sampler.js';
export { type Mutation, polynomialMutation } from './samplers/genetic/mutation.js';
export { Nsga2Sampler } from './samplers/genetic/nsga2.js';
export { type Nsga3Options, Nsga3Sampler } from './samplers/genetic/nsga3.js';
export { type SimulatedBinaryOptions, sbxCrossover, vsbxCrossover } from './samplers/genetic/simulated-binary.js';
export { type GpOptions, GpSampler } from './samplers/gp/gp-sampler.js';
export { GridSampler } from './samplers/grid.js';
export { PartialFixedSampler } from './samplers/partial-fixed.js';
export { PriorSampler } from './samplers/prior.js';
export { type QmcOptions, QmcSampler } from './samplers/qmc.js';
export { RandomSampler } from './samplers/random.js';
export type { History, JointSample, Sampler, SamplingContext, StudyInfo } from './samplers/sampler.js';
export { type TpeOptions, TpeSampler } from './samplers/tpe/tpe-sampler.js';
export { GroupedSearchSpace } from './search-space/group.js';
export { IntersectionSearchSpace, intersectionSearchSpace } from './search-space/intersection.js';
export { readJournal } from './storages/journal/read-journal.js';
export { MemoryStorage } from './storages/memory.js';
export { openStorage, type StorageOptions } from './storages/open-storage.js';
export type { PostgresOptions } from './storages/postgres/pg-server.js';
export type { PostgresConnection, PostgresServer } from './storages/postgres/postgres-server.js';
export { PostgresStorage } from './storages/postgres/postgres-storage.js';
export { type SqliteOptions, SqliteStorage } from './storages/sqlite/sqlite-storage.js';
export type {
  FrozenStudy,
  StartedTrial,
  Storage,
  StoredParam,
  StudyTemplate,
  TrialChanges,
  TrialFilter,
} from './storages/storage.js';
export { bestOf, paretoFront } from './study/best-trials.js';
export { type CopyStudyOptions, copyStudy, readStudies } from './study/copy-study.js';
export {
  type CreateStudyOptions,
  createStudy,
  deleteStudy,
  type LoadStudyOptions,
  loadStudy,
} from './study/create-study.js';
export { FAILURE_KEY } from './study/failure.js';
export { type Heartbeat, type HeartbeatOptions, keepAlive, recoverLostTrials, retryTrial } from './study/heartbeat.js';
export { type Callback, type Objective, type OptimizeOptions, TrialPruned } from './study/optimize.js';
export {
  type ModelledTrial,
  type RecommendedTrial,
  type RecommendedTrialOptions,
  recommendedTrial,
} from './study/recommended-trial.js';
export type { StudySnapshot } from './study/snapshot.js';
export type { EnqueueOptions, Study, TellOptions } from './study/study.js';
export type { ToldValues } from './study/told-values.js';
export { formatCsv, type TrialRow, trialRows } from './study/trial-rows.js';
export { type BudgetOptions, BudgetTerminator } from './terminators/budget.js';
export { type EmmrOptions, EmmrTerminator } from './terminators/emmr.js';
export {
  CROSS_VALIDATION_KEY,
  crossValidationError,
  type RegretBoundOptions,
  RegretBoundTerminator,
  reportCrossValidationScores,
} from './terminators/regret-bound.js';
export { StagnationTerminator } from './terminators/stagnation.js';
export { stopWhen, type Termination, type TerminationContext, type Terminator } from './terminators/terminator.js';
export { movedInto, PastModel, type PastStudy } from './transfer/past-study.js';
export { type TransferOptions, TransferSampler } from './transfer/transfer-sampler.js';
export { constraintsOf, violation } from './trial/constraints.js';
export {
  type Attributes,
  type Direction,
  type FinishedState,
  type FrozenTrial,
  isFinished,
  lastStep,
  type Params,
  type TrialState,
  type TrialTemplate,
} from './trial/frozen-trial.js';
export type { Trial } from './trial/trial.js';
export { type Ablation, type AblationOptions, ablation, type Change, type Contribution } from './zones/ablation.js';
export { AdditiveModel, type Effect } from './zones/additive-model.js';
export type { AdditiveModelInput, Row } from './zones/additive-model-input.js';
export type { EffectAxis, Place } from './zones/effect-kernel.js';
export {
  type ChoiceInZone,
  type ParameterZone,
  type ZoneEnd,
  type Zones,
  type ZonesOptions,
  zones,
} from './zones/zones.js';
