// How well a recommendation is founded: every value that the plan shows carries this.

/**
 * `measured`: by this project on this model · `published`: in a paper or a project's own recipe · `prior`: a rule of
 * thumb, extrapolated or widely repeated, that the search is there to confirm.
 */
export type Evidence = 'measured' | 'published' | 'prior';

export interface Sourced<T> {
  value: T;
  /** arXiv id, or the name of the recipe and project. */
  source: string;
  evidence: Evidence;
}

export const published = <T>(value: T, source: string): Sourced<T> => ({ value, source, evidence: 'published' });
export const prior = <T>(value: T, source: string): Sourced<T> => ({ value, source, evidence: 'prior' });
export const measured = <T>(value: T, source: string): Sourced<T> => ({ value, source, evidence: 'measured' });
