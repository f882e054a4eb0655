/**
 * Optuna as a peer: studies in a Python process, asked and told over JSON lines, so that objectives are written once, here.
 * GOLDILOCKS_PYTHON names a Python with optuna 5.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatDistribution } from '@goldilocks/study';

const SERVER = fileURLToPath(new URL('server.py', import.meta.url));
const ONE_THREAD = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

export class Optuna {
  #child;
  /** Callers in the order of their requests, which is that of the answers. */
  #waiting = [];

  /** @param {{python?: string, nice?: number}} options nice: 0 to 19, how far other work goes first */
  constructor({ python = process.env.GOLDILOCKS_PYTHON ?? 'python3', nice = 0 } = {}) {
    const env = { ...process.env, ...ONE_THREAD };
    const stdio = ['pipe', 'pipe', 'inherit'];
    this.#child = spawn('nice', ['-n', `${nice}`, python, '-W', 'ignore', SERVER], { env, stdio });
    this.#child.on('error', (error) => this.#failAll(error));
    this.#child.on('close', (code) => this.#failAll(new Error(`Optuna's process ended with code ${code}.`)));
    this.#child.stdin.on('error', (error) => this.#failAll(error));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
  }

  /** Version of Optuna. */
  version() {
    return this.call('version');
  }

  /**
   * @param {{sampler: 'tpe'|'gp'|'cmaes'|'random'|'nsga2'|'nsga3'|'qmc', seed: number, directions?: string[], name?: string,
   *   pruner?: 'none'|'median'|'percentile'|'successive-halving'|'hyperband'|'threshold'|'wilcoxon',
   *   samplerOptions?: object, prunerOptions?: object}} options Optuna's own arguments as `…Options`; the rest are its defaults
   */
  async createStudy({ samplerOptions, prunerOptions, ...options }) {
    const more = { sampler_options: samplerOptions, pruner_options: prunerOptions };
    return new OptunaStudy(this, await this.call('create', { ...options, ...more }));
  }

  /** Asks the server for one of its methods. */
  call(method, args = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ method, ...args }, spell)}\n`);
    });
  }

  async close() {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }

  #receive(line) {
    const { resolve, reject } = this.#waiting.shift();
    const { error, result } = JSON.parse(line);
    if (error) reject(new Error(`Optuna: ${error}`));
    else resolve(result);
  }

  #failAll(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** A study with the methods of ours, as far as benchmarks need them. */
export class OptunaStudy {
  #optuna;
  #study;

  constructor(optuna, study) {
    this.#optuna = optuna;
    this.#study = study;
  }

  enqueue(params) {
    return this.#call('enqueue', { params });
  }

  /** @param {Record<string, object>} [space] distributions of ours; without, parameters are asked for one by one */
  async ask(space) {
    const { number, params } = await this.#call('ask', { space: space && mapValues(space, formatDistribution) });
    return new OptunaTrial((method, args) => this.#call(method, { trial: number, ...args }), number, params);
  }

  /** @param {number | number[] | null} values @param {{state?: 'COMPLETE' | 'PRUNED' | 'FAIL'}} options */
  async tell(trial, values, { state = 'COMPLETE' } = {}) {
    const list = values === null || Array.isArray(values) ? values : [values];
    await this.#call('tell', { trial: trial.number, values: list, state });
  }

  /** Frees the study's memory. */
  forget() {
    return this.#call('forget');
  }

  #call(method, args) {
    return this.#optuna.call(method, { study: this.#study, ...args });
  }
}

class OptunaTrial {
  #call;
  number;
  params;

  constructor(call, number, params) {
    this.#call = call;
    this.number = number;
    this.params = params;
  }

  /** @param {object} distribution one of ours */
  async suggest(name, distribution) {
    const value = await this.#call('suggest', { name, distribution: formatDistribution(distribution) });
    this.params = { ...this.params, [name]: value };
    return value;
  }

  report(value, step) {
    return this.#call('report', { value, step });
  }

  shouldPrune() {
    return this.#call('should_prune');
  }
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

/** JSON has no infinities; Python reads them from strings. */
function spell(_key, value) {
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
}
