import { describe, expect, it } from 'vitest';
import { valuesOf } from './refine-dialogue.js';

describe('valuesOf', () => {
  it('reads names and values', () => {
    expect(valuesOf('learning-rate 5e-4, epochs=4', 6)).toEqual({ learningRate: 5e-4, epochs: 4 });
    expect(valuesOf('frozen-layers 3, schedule linear', 6)).toEqual({ frozenLayers: 0.5, schedule: 'linear' });
  });

  it.each([
    ['', /not a name and a value/],
    ['speed 3', /Names: learning-rate/],
    ['dropout 1', /dropout: It must be .* below 1/],
    ['frozen-layers 7', /0 to 6/],
    ['epochs 3 4', /not a name and a value/],
  ])('refuses %j', (line, said) => expect(() => valuesOf(line, 6)).toThrow(said));
});
