/** Conformance suites for storages, samplers, pruners, promotion rules and terminators of your own; any test runner can run them. */

export { promotionRuleConformance } from './promotion-rule-conformance.js';
export { prunerConformance } from './pruner-conformance.js';
export { type SamplerSubject, samplerConformance } from './sampler-conformance.js';
export { type StorageSubject, storageConformance } from './storage-conformance.js';
export type { ConformanceCheck } from './suite.js';
export { terminatorConformance } from './terminator-conformance.js';
