// What a schema cannot say of a space: ranges, conditions, names.

import type { ParameterSpec, SpaceFile } from '@goldilocks/protocol';
import { StudyError } from '@goldilocks/study';
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { environmentName, reservedNames } from '../command/names.js';
import { allowedValues, distributionOf, inOrder } from './search-space.js';

/** @throws UserError naming the file, the place in it, and what to do */
export function checkSpace(space: SpaceFile, file: string): void {
  const names = Object.keys(space.parameters);
  if (names.length === 0) throw new UserError(`${file}: parameters is empty; name at least one to search.`);
  const fail = (name: string, what: string): never => {
    throw new UserError(`${file}: parameters.${excerpt(name)}: ${what}`);
  };
  for (const [name, spec] of Object.entries(space.parameters)) {
    checkName(name, fail);
    checkDistribution(name, spec, fail);
    checkConditions(name, spec, space, fail);
  }
  checkEnvironmentNames(names, fail);
  if (inOrder(space.parameters) === null) {
    throw new UserError(`${file}: the conditions (when) go round in a circle; one of the parameters must have none.`);
  }
  checkObjectives(space, file);
}

type Fail = (name: string, what: string) => never;

function checkName(name: string, fail: Fail): void {
  if (!/^[A-Za-z_][\w.-]*$/.test(name) || name === '__proto__') {
    fail(name, 'a name must begin with a letter and go on with letters, digits, «_», «.» or «-».');
  }
  if (reservedNames.includes(name)) fail(name, `the name is taken: {${name}} stands for something else. Rename it.`);
}

function checkDistribution(name: string, spec: ParameterSpec, fail: Fail): void {
  try {
    distributionOf(spec);
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    fail(name, `${error.message.replace(/\.$/, '')}.`);
  }
}

function checkConditions(name: string, { when = {} }: ParameterSpec, space: SpaceFile, fail: Fail): void {
  for (const [other, values] of Object.entries(when)) {
    const spec = Object.hasOwn(space.parameters, other) ? space.parameters[other]! : undefined;
    if (spec === undefined) fail(name, `when names «${excerpt(other)}», which is not a parameter.`);
    if (spec?.type !== 'categorical') continue;
    const known = spec.choices.map((choice) => JSON.stringify(choice));
    const foreign = allowedValues(values).find((value) => !known.includes(JSON.stringify(value)));
    if (foreign !== undefined) {
      fail(name, `when wants ${other} to be ${excerpt(JSON.stringify(foreign))}, which is none of its choices.`);
    }
  }
}

function checkEnvironmentNames(names: readonly string[], fail: Fail): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const before = seen.get(environmentName(name));
    if (before !== undefined)
      fail(name, `it shares the variable ${environmentName(name)} with «${before}». Rename one.`);
    seen.set(environmentName(name), name);
  }
}

function checkObjectives({ objectives = [], constraints = [], metrics }: SpaceFile, file: string): void {
  checkUnique(objectives, 'objectives', file);
  checkUnique(constraints, 'constraints', file);
  if (metrics?.from !== 'pattern') return;
  try {
    new RegExp(metrics.pattern);
  } catch (error) {
    throw new UserError(`${file}: metrics.pattern: ${excerpt((error as Error).message, 200)}.`);
  }
  if (!/\(\?<[A-Za-z_]/.test(metrics.pattern)) {
    throw new UserError(
      `${file}: metrics.pattern has no named group; name each metric, such as loss: (?<loss>[-\\d.e+]+|nan).`,
    );
  }
}

function checkUnique(items: readonly { metric: string }[], list: string, file: string): void {
  const twice = items.find(({ metric }, i) => items.findIndex((other) => other.metric === metric) !== i);
  if (twice !== undefined) throw new UserError(`${file}: ${list}: «${excerpt(twice.metric)}» is there twice.`);
}
