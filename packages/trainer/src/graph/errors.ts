// Mistakes in building a graph: programming errors, named by the op and the shapes that do not fit.

export class GraphError extends Error {
  override name = 'GraphError';

  constructor(
    readonly op: string,
    problem: string,
  ) {
    super(`${op}: ${problem}`);
  }
}
