import { describe, expect, test } from 'vitest';
import { expectClose, frozenTrials, type GoldenTrial, golden } from '../../test/golden.js';
import { categorical, float } from '../distributions/distribution.js';
import type { JsonValue } from '../json.js';
import type { StudySnapshot } from '../study/snapshot.js';
import { StagnationTerminator } from '../terminators/stagnation.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import type { ValuedAxis } from './axis.js';
import { contourFigure } from './contour.js';
import { edfFigure } from './edf.js';
import { hypervolumeHistoryFigure } from './hypervolume-history.js';
import { intermediateValuesFigure } from './intermediate-values.js';
import { meanHistoryFigure, optimizationHistoryFigure } from './optimization-history.js';
import { parallelCoordinatesFigure } from './parallel-coordinates.js';
import { paramImportancesFigure } from './param-importances.js';
import { paretoFrontFigure } from './pareto-front.js';
import { rankFigure } from './rank.js';
import { sliceFigure } from './slice.js';
import { terminatorImprovementFigure } from './terminator-improvement.js';
import { timelineFigure } from './timeline.js';

// biome-ignore lint/suspicious/noExplicitAny: what Optuna's own figures hold is read field by field
type Info = any;

interface Golden {
  now: string;
  studies: Record<string, { directions: Direction[]; metricNames: string[] | null; trials: GoldenTrial[] }>;
  single: Record<string, Record<string, Info>>;
  several: Record<string, Record<string, Info>>;
  mean: Info;
  edf: Info;
  recent: Info;
  pairs: Info;
  stagnation: Info;
}

const reference = golden<Golden>('figures');
const now = new Date(reference.now);
const studies = Object.fromEntries(
  Object.entries(reference.studies).map(([name, { trials, ...rest }]): [string, StudySnapshot] => [
    name,
    { name, ...rest, trials: frozenTrials(trials) },
  ]),
) as Record<'one' | 'another' | 'most' | 'two' | 'three' | 'empty', StudySnapshot>;

const size = (trial: FrozenTrial) => (trial.userAttributes.size as number) + trial.number / 100;
const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
const python = (label: string) => (label === 'null' ? 'None' : label);
const round = (values: readonly (number | null)[]) => values.map((value) => value && Number(value.toPrecision(12)));

/** An axis's coordinate as Optuna writes it: on a category axis the label. */
const written = (axis: ValuedAxis, value: number | null) =>
  value === null || axis.labels === null ? value : python(axis.labels[value]!);

function expectSameAxis(axis: ValuedAxis, info: Info): void {
  expect([axis.label, axis.scale]).toEqual([info.name, info.is_cat ? 'category' : info.is_log ? 'log' : 'linear']);
  for (const i of [0, 1]) expectClose(axis.range![i]!, info.range[i], 1e-12, axis.label);
}

describe.each(Object.entries(reference.single))('%s, as Optuna 5 draws it', (_, info) => {
  const study = studies[info.study as keyof typeof studies];
  const options = info.target ? { target: size } : {};
  const direction = info.target ? null : study.directions[0]!;

  test('optimization history', () => {
    const { series, target } = optimizationHistoryFigure(study, options);
    expect(target.direction).toBe(direction);
    const [expected] = info.history;
    if (!expected) {
      expect(series.flatMap(({ values }) => values).filter((value) => value !== null)).toEqual([]);
      return;
    }
    const { values_info, best_values_info, trial_numbers } = expected;
    expect(series).toEqual([
      {
        study: study.name,
        trials: trial_numbers,
        values: values_info.values.map(finite),
        states: values_info.states.map((state: string) => state.toLowerCase()),
        best: best_values_info ? best_values_info.values.map(finite) : null,
      },
    ]);
  });
  test('slice', () => {
    const { panels } = sliceFigure(study, options);
    expect(panels).toHaveLength(info.slice.subplots.length);
    for (const [i, expected] of info.slice.subplots.entries()) {
      const { x, y, trials, feasible } = panels[i]!;
      expect([x.label, trials, y, feasible]).toEqual([
        expected.param_name,
        expected.trial_numbers,
        expected.y,
        expected.constraints,
      ]);
      expect([x.scale === 'log', x.scale !== 'category']).toEqual([expected.is_log, expected.is_numerical]);
      expect(x.labels).toEqual(expected.x_labels?.map((choice: JsonValue) => String(choice)) ?? null);
      expect(x.values.map((value) => (x.labels ? x.labels[value!] : value))).toEqual(
        x.labels ? expected.x.map(String) : expected.x,
      );
    }
  });
  test('contour', () => {
    const figure = contourFigure(study, options);
    expectSameContour(figure, info.contour);
    expect(figure.target.direction).toBe(direction);
    if (!info.target) expect(info.contour.reverse).toBe(direction === 'minimize');
  });
  test('rank', () => {
    const { axes, trials, ranks, targets, feasible } = rankFigure(study, options);
    expect(axes.map(({ label }) => label)).toEqual(info.rank.params);
    expect(targets).toEqual(info.rank.zs.map(finite));
    for (const [i, share] of info.rank.shares.entries()) {
      // Optuna greys infeasible trials out.
      if (feasible[i]) expectClose(ranks[i]!, share, 1e-12);
      else expect(share).toBe(204);
    }
    for (const [i, axis] of axes.entries()) {
      const panel = info.rank.panels[i];
      expectSameAxis(axis, panel.axis);
      const having = trials.flatMap((trial, row) => (axis.values[row] === null ? [] : [{ trial, row }]));
      expect(having.map(({ trial }) => trial)).toEqual(panel.trials);
      expect(having.map(({ row }) => written(axis, axis.values[row]!))).toEqual(
        axis.labels ? panel.xs.map((x: JsonValue) => python(String(x))) : panel.xs,
      );
    }
  });
  test('parallel coordinates', () => expectSameParallel(parallelCoordinatesFigure(study, options), info.parallel));
  test('EDF', () => {
    const { at, lines } = edfFigure(study, options);
    expect(round(at)).toEqual(round(info.edf.x_values));
    expect(lines.flatMap(({ shares }) => shares)).toEqual(info.edf.lines.flatMap((line: Info) => line.y_values));
  });
  test('importances', () => {
    const { bars } = paramImportancesFigure(study, options);
    for (const [i, { params, importances }] of bars.entries()) {
      expect(params).toEqual(info.importances[i].param_names.toReversed());
      for (const [j, value] of importances.entries()) {
        expectClose(value, info.importances[i].importance_values.toReversed()[j], 1e-9);
      }
    }
  });
  test('intermediate values', () => {
    const { curves } = intermediateValuesFigure(study);
    expect(curves.map(({ trial, feasible, steps, values }) => [trial, feasible, steps, values])).toEqual(
      info.intermediate.trial_infos.map((one: Info) => [
        one.trial_number,
        one.feasible,
        one.sorted_intermediate_values.map(([step]: number[]) => step),
        one.sorted_intermediate_values.map(([, value]: number[]) => finite(value!)),
      ]),
    );
  });
  test('timeline', () => expect(timelineFigure(study, { now }).bars).toEqual(barsOf(info.timeline)));
});

function expectSameContour({ axes, trials, panels }: ReturnType<typeof contourFigure>, info: Info): void {
  expect(axes).toHaveLength(info.axes.length);
  for (const [i, axis] of axes.entries()) {
    expectSameAxis(axis, info.axes[i]);
    expect(axis.values.map((value) => written(axis, value))).toEqual(info.axes[i].values);
    expect(axis.values).toHaveLength(trials.length);
  }
  const cells = panels.map(({ x, y, cells }) => [
    x,
    y,
    cells.targets
      .map((target, k) => [
        written(axes[x]!, axes[x]!.grid[cells.xs[k]!]!),
        written(axes[y]!, axes[y]!.grid[cells.ys[k]!]!),
        target,
      ])
      .sort(),
  ]);
  expect(cells).toEqual(
    info.cells.map(([x, y, found]: [number, number, [number[], number][]]) => [
      x,
      y,
      found.map(([at, z]) => [info.axes[x].indices[at[0]!], info.axes[y].indices[at[1]!], z]).sort(),
    ]),
  );
}

/** Optuna does not say which trial a line is of: lines are compared by all their coordinates, in any order. */
function expectSameParallel(figure: ReturnType<typeof parallelCoordinatesFigure>, info: Info): void {
  const { objectives, params, color, feasible, trials, order } = figure;
  const lines = trials.map((_, i) =>
    [
      ...objectives.map(({ values }) => values[i]),
      ...params.map((axis) =>
        axis.scale === 'log' && axis.values[i] ? Math.log10(axis.values[i]) : written(axis, axis.values[i]!),
      ),
      color.values[i],
      feasible[i],
    ].map((value) => (typeof value === 'number' ? value.toPrecision(10) : String(value))),
  );
  const expected = info.color_values.map((value: number, i: number) =>
    [
      ...info.dims_objectives.map((dim: Info) => dim.values[i]),
      ...info.dims_params.map((dim: Info) => {
        const coordinate = dim.values[i];
        if (dim.has_missing && coordinate === dim.tickvals[0]) return null;
        return dim.is_cat ? dim.ticktext[coordinate] : coordinate;
      }),
      value,
      info.feasibility?.[i] ?? true,
    ].map((one) => (typeof one === 'number' ? one.toPrecision(10) : String(one))),
  );
  expect(lines.sort()).toEqual(expected.sort());
  if (!info.is_rank_color) return;
  const colors = order.map((row) => color.values[row]);
  expect(colors).toEqual(info.draw_order.map((row: number) => info.color_values[row]));
}

function barsOf({ bars }: Info): Info {
  return bars.map(({ number, start, complete, state, infeasible }: Info) => ({
    trial: number,
    state,
    feasible: !infeasible,
    start: Date.parse(start),
    end: Date.parse(complete),
  }));
}

describe.each(Object.entries(reference.several))('%s objectives, as Optuna 5 draws them', (name, info) => {
  const study = studies[name as keyof typeof studies];
  test('Pareto front', () => {
    const { axes, trials, values, kinds } = paretoFrontFigure(study);
    expect(axes.map(({ label }) => label)).toEqual(info.pareto.target_names);
    const found = { best: [], dominated: [], infeasible: [] } as Record<string, Info[]>;
    for (const [i, kind] of kinds.entries()) found[kind]!.push([trials[i], values.map((one) => one[i])]);
    const expected = (pairs: Info) => pairs.map(([trial, point]: Info) => [trial, point.map(finite)]);
    expect(found.best).toEqual(expected(info.pareto.best_trials_with_values));
    expect(found.dominated).toEqual(expected(info.pareto.non_best_trials_with_values));
    expect(found.infeasible).toEqual(expected(info.pareto.infeasible_trials_with_values));
    const without = paretoFrontFigure(study, { includeDominated: false });
    expect(without.kinds.includes('dominated')).toBe(false);
  });
  test('parallel coordinates by Pareto rank', () =>
    expectSameParallel(parallelCoordinatesFigure(study), info.parallel));
  test('importances for each objective', () => {
    const { bars } = paramImportancesFigure(study);
    expect(bars).toHaveLength(study.directions.length);
    for (const [i, { target, params, importances }] of bars.entries()) {
      const expected = info.importances[i];
      // Where objectives have no names Optuna calls them after the target.
      expect(target.name).toBe(expected.target_name.replace('Objective Value', 'Objective'));
      // Optuna judges every objective as if it were minimised.
      if (study.directions[i] === 'maximize') continue;
      expect(params).toEqual(expected.param_names.toReversed());
      for (const [j, value] of importances.entries())
        expectClose(value, expected.importance_values.toReversed()[j], 1e-9);
    }
  });
  test('hypervolume history', () => {
    const { trials, volumes } = hypervolumeHistoryFigure(study, { reference: info.reference });
    expect(trials).toEqual(info.volumes.trial_numbers);
    for (const [i, volume] of volumes.entries()) expectClose(volume, info.volumes.values[i], 1e-11);
    expect(volumes.at(-1)).toBeGreaterThan(0);
    const own = hypervolumeHistoryFigure(study);
    expect(own.volumes.every((volume, i) => volume >= (own.volumes[i - 1] ?? 0))).toBe(true);
  });
});

describe('several studies, and parts of one, as Optuna 5 draws them', () => {
  test('mean history with deviations', () => {
    const [info] = reference.mean;
    const { trials, values, best } = meanHistoryFigure([studies.one, studies.another]);
    // Where every feasible value is infinite, Optuna has NaN.
    const kept = info.trial_numbers.flatMap((_: number, i: number) =>
      Number.isNaN(info.values_info.values[i]) ? [] : [i],
    );
    const at = (list: number[]) => round(kept.map((i: number) => list[i]));
    expect(trials).toEqual(kept.map((i: number) => info.trial_numbers[i]));
    expect(round(values.means)).toEqual(at(info.values_info.values));
    expect(round(values.deviations)).toEqual(at(info.values_info.stds));
    expect(round(best!.means)).toEqual(at(info.best_values_info.values));
    expect(round(best!.deviations)).toEqual(at(info.best_values_info.stds));
    expect(() => meanHistoryFigure([studies.one, studies.most])).toThrow(/some of the studies minimise/);
  });
  test('EDFs over one range', () => {
    const { at, lines } = edfFigure([studies.one, studies.another, studies.empty]);
    expect(round(at)).toEqual(round(reference.edf.x_values));
    expect(lines.slice(0, 2).map(({ study, shares }) => [study, shares])).toEqual(
      reference.edf.lines.map((line: Info) => [line.study_name, line.y_values]),
    );
    expect(lines[2]).toEqual({ study: 'empty', shares: [] });
  });
  test('the newest trials of a timeline, and two parameters of a contour', () => {
    expect(timelineFigure(studies.most, { recent: 7, now }).bars).toEqual(barsOf(reference.recent));
    expectSameContour(contourFigure(studies.one, { params: ['schedule', 'rank'] }), reference.pairs);
  });
  test('improvement left by a terminator', () => {
    const terminator = new StagnationTerminator({ trials: 7 });
    const figure = terminatorImprovementFigure(studies.one, { terminator });
    expect(figure.trials).toEqual(reference.stagnation.trial_numbers);
    expect(figure.improvements).toEqual(reference.stagnation.improvements);
    expect(figure.bars).toEqual(reference.stagnation.errors);
    expect(figure.stopsAfter).toBe(figure.trials[figure.improvements.findIndex((left) => left! < 0)] ?? null);
    const few = terminatorImprovementFigure(studies.one, { terminator, points: 4 });
    expect(few.trials).toEqual([0, 13, 26, 39]);
  });
});

const FIGURES: Record<string, (study: StudySnapshot) => unknown> = {
  optimizationHistoryFigure,
  sliceFigure,
  contourFigure,
  rankFigure,
  parallelCoordinatesFigure,
  edfFigure,
  paramImportancesFigure,
  intermediateValuesFigure,
  timelineFigure: (study) => timelineFigure(study, { now }),
  meanHistoryFigure: (study) => meanHistoryFigure([study, study]),
  terminatorImprovementFigure: (study) =>
    terminatorImprovementFigure(study, { terminator: new StagnationTerminator() }),
};

test.each(Object.entries(FIGURES))(
  '%s survives JSON, is empty for an empty study, and changes nothing',
  (_, figure) => {
    for (const study of [studies.one, studies.most, studies.empty]) {
      const before = structuredClone(study);
      const drawn = figure(study);
      expect(JSON.parse(JSON.stringify(drawn))).toEqual(drawn);
      expect(study).toEqual(before);
    }
  },
);

test('what cannot be drawn says why', () => {
  expect(() => sliceFigure(studies.two)).toThrow(/'two' has 2 objectives; say which by objective/);
  expect(sliceFigure(studies.two, { objective: 1 }).target).toEqual({ name: 'accuracy', direction: 'maximize' });
  expect(() => sliceFigure(studies.two, { objective: 2 })).toThrow(/no objective 2; give 0 to 1/);
  expect(() => sliceFigure(studies.one, { params: ['depth'] })).toThrow(/'depth'; there are batch_size, decay/);
  expect(() => paretoFrontFigure(studies.one)).toThrow(/two or three numbers, not 1/);
  expect(() => paretoFrontFigure(studies.two, { targetNames: ['a', 'b', 'c'] })).toThrow(/3 names.* 2 numbers/);
  expect(() => hypervolumeHistoryFigure(studies.one)).toThrow(/use optimizationHistoryFigure/);
  expect(() => hypervolumeHistoryFigure(studies.two, { reference: [1] })).toThrow(/finite number for each of 2/);
  expect(() => timelineFigure(studies.one, { recent: 0 })).toThrow(/integer ≥ 1/);
  expect(() => terminatorImprovementFigure(studies.two)).toThrow(/needs one objective/);
});

test('choices of any JSON value have labels, and those not tried yet a place', () => {
  const distributions = { mode: categorical(['a', { floor: 0.1 }, null]), x: float(0, 1) };
  const trials = frozenTrials([{ values: [1], params: { mode: { floor: 0.1 }, x: 0 } }]);
  const study = { ...studies.empty, trials: trials.map((trial) => ({ ...trial, distributions })) };
  const [mode] = sliceFigure(study).panels;
  expect(mode!.x).toMatchObject({ scale: 'category', labels: ['a', '{"floor":0.1}', 'null'], values: [1] });
  expect(paretoFrontFigure(studies.three, { objectives: [0, 2] }).axes.map(({ label }) => label)).toEqual([
    'Objective 0',
    'Objective 2',
  ]);
});
