// What a finished journey shows: the report as text for a person, the object for a machine.
import type { Report } from '@goldilocks/protocol';
import type { Session } from './session.js';
import type { Outcome } from './verb.js';

export interface FinishedJourney {
  study: string;
  output: string;
  report: Report;
}

export async function journeyOutcome({ study, output, report }: FinishedJourney, session: Session): Promise<Outcome> {
  const { reportText } = await import('../report/terminal.js');
  const { width, paint } = session;
  return { json: { study, output, report }, text: reportText(report, { width, paint }).trimEnd() };
}
