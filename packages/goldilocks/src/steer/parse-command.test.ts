import { describe, expect, it } from 'vitest';
import { parseCommand } from './parse-command.js';

describe('a typed command', () => {
  it.each([
    ['pause', { kind: 'pause' }],
    ['stop-trial 7', { kind: 'stop-trial', trial: 7 }],
    [
      'enqueue learningRate=2e-4 schedule=linear',
      { kind: 'enqueue', params: { learningRate: 2e-4, schedule: 'linear' } },
    ],
    ['range learningRate 1e-4 1e-3', { kind: 'range', name: 'learningRate', low: 1e-4, high: 1e-3 }],
    ['range batchSize 8,16', { kind: 'range', name: 'batchSize', choices: [8, 16] }],
    ['extend 1.5h', { kind: 'extend', minutes: 90 }],
    ['extend 5', { kind: 'extend', trials: 5 }],
    ['unmark 3', { kind: 'mark', trial: 3, marked: false }],
    ['note 3 odd curve', { kind: 'note', trial: 3, text: 'odd curve' }],
    ['note three is odd', { kind: 'note', text: 'three is odd' }],
  ])('%s', (line, command) => {
    expect(parseCommand(line.split(' '))).toEqual(command);
  });

  it.each([
    '',
    'halt',
    'pause now',
    'stop-trial',
    'stop-trial x',
    'range learningRate',
    'range learningRate low high',
    'extend 5d',
    'extend -1',
    'enqueue',
    'enqueue x',
  ])('refuses «%s»', (line) => {
    expect(() => parseCommand(line.split(' ').filter((word) => word !== ''))).toThrow(/is no (command|value)/);
  });
});
