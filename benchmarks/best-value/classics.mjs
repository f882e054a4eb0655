/** Test functions of the field, all minimised, with a default setting that everyone starts from. Source: sfu.ca/~ssurjano. */

import { categorical, float, int } from '@goldilocks/study';

const cube = (dimensions, low, high) =>
  Object.fromEntries(Array.from({ length: dimensions }, (_, i) => [`x${i + 1}`, float(low, high)]));

/** The point at the same share of each range: off the middle, where several of these functions have their minimum. */
const at = (space, share) =>
  Object.fromEntries(Object.entries(space).map(([name, { low, high }]) => [name, low + share * (high - low)]));

function classic(name, space, f, share = 0.35) {
  return { name, group: 'classic', space, default: at(space, share), truth: (params) => f(Object.values(params)) };
}

function branin([x, y]) {
  const inner = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
  return inner ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

const HEIGHTS = [1, 1.2, 3, 3.2];

function hartmann(widths, centres) {
  return (x) =>
    -HEIGHTS.reduce((sum, height, i) => {
      const distance = x.reduce((total, value, j) => total + widths[i][j] * (value - centres[i][j]) ** 2, 0);
      return sum + height * Math.exp(-distance);
    }, 0);
}

const hartmann3 = hartmann(
  [
    [3, 10, 30],
    [0.1, 10, 35],
    [3, 10, 30],
    [0.1, 10, 35],
  ],
  [
    [0.3689, 0.117, 0.2673],
    [0.4699, 0.4387, 0.747],
    [0.1091, 0.8732, 0.5547],
    [0.0381, 0.5743, 0.8828],
  ],
);

const hartmann6 = hartmann(
  [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function ackley(x) {
  const distance = Math.sqrt(mean(x.map((v) => v * v)));
  const ripple = mean(x.map((v) => Math.cos(2 * Math.PI * v)));
  return -20 * Math.exp(-0.2 * distance) - Math.exp(ripple) + 20 + Math.E;
}

const rosenbrock = (x) => x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, 0);

const rastrigin = (x) => x.reduce((sum, v) => sum + v * v - 10 * Math.cos(2 * Math.PI * v) + 10, 0);

function levy(x) {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const inner = w.slice(0, -1).reduce((sum, v) => sum + (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2), 0);
  const last = w.at(-1);
  return Math.sin(Math.PI * w[0]) ** 2 + inner + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
}

/** Floats, one in the logarithm, integers and a choice that moves the minimum of the rest. */
const mixed = {
  name: 'mixed',
  group: 'classic',
  space: {
    x: float(-2, 2),
    y: float(-2, 2),
    rate: float(1e-4, 1, { log: true }),
    depth: int(1, 8),
    width: int(16, 512, { log: true }),
    kind: categorical(['a', 'b', 'c', 'd']),
  },
  default: { x: 0, y: 0, rate: 0.01, depth: 3, width: 64, kind: 'b' },
  truth({ x, y, rate, depth, width, kind }) {
    const [shift, price] = { a: [0.9, 0.4], b: [-0.5, 0.25], c: [0.4, 0], d: [-1.2, 0.6] }[kind];
    const bowl = (x - shift) ** 2 + 2 * (y - x * shift) ** 2;
    const size = Math.log2(width) / 9;
    const step = (Math.log10(rate) + 1.5 + 0.25 * depth) ** 2;
    return price + 0.4 * bowl + 0.3 * step + 0.05 * (depth - 5) ** 2 + (size - 0.75) ** 2 * (1 + depth / 4);
  },
};

/** Each optimiser has parameters of its own; so has each layer. Parameters are asked for one by one. */
const conditional = {
  name: 'conditional',
  group: 'classic',
  default: { optimizer: 'sgd', sgd_rate: 0.01, momentum: 0.5, layers: 1, units_1: 32 },
  async suggest(trial) {
    const ask = (name, distribution) => trial.suggest(name, distribution);
    const optimizer = await ask('optimizer', categorical(['sgd', 'adam', 'none']));
    if (optimizer === 'sgd') {
      await ask('sgd_rate', float(1e-4, 1, { log: true }));
      await ask('momentum', float(0, 0.99));
    }
    if (optimizer === 'adam') {
      await ask('adam_rate', float(1e-5, 1e-1, { log: true }));
      await ask('beta2', float(0.9, 0.9999));
    }
    const layers = await ask('layers', int(1, 3));
    for (let i = 1; i <= layers; i++) await ask(`units_${i}`, int(4, 256, { log: true }));
  },
  truth(params) {
    const { optimizer, layers } = params;
    const units = Array.from({ length: layers }, (_, i) => Math.log2(params[`units_${i + 1}`]));
    const shape = units.reduce((sum, size, i) => sum + 0.08 * (size - (7 - 1.5 * i)) ** 2, 0) / layers;
    const base = shape + [0.5, 0.15, 0.2][layers - 1];
    if (optimizer === 'none') return base + 1;
    if (optimizer === 'sgd') {
      const effective = Math.log10(params.sgd_rate / (1 - params.momentum));
      return base + 0.1 + 0.25 * (effective + 0.3) ** 2 + 0.4 * (params.momentum - 0.9) ** 2;
    }
    return base + 0.4 * (Math.log10(params.adam_rate) + 2.8) ** 2 + 4 * (params.beta2 - 0.98) ** 2;
  },
};

export const classics = [
  classic('branin', { x1: float(-5, 10), x2: float(0, 15) }, branin),
  classic('hartmann-3', cube(3, 0, 1), hartmann3),
  classic('hartmann-6', cube(6, 0, 1), hartmann6),
  classic('ackley-5', cube(5, -20, 30), ackley),
  classic('rosenbrock-4', cube(4, -5, 10), rosenbrock, 0.2),
  classic('rastrigin-5', cube(5, -5.12, 5.12), rastrigin),
  classic('levy-6', cube(6, -10, 10), levy),
  mixed,
  conditional,
];
