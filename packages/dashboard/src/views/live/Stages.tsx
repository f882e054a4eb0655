// The journey's stages, and which of them is going on.
import type { StageState } from '@goldilocks/protocol/page';
import { Meter } from '../../components/Facts.js';
import { duration } from '../../format.js';
import { text } from '../../text.js';

export function Stages({ stages }: { stages: readonly StageState[] }) {
  // A study of before events were kept: nothing is known of its stages.
  if (stages.every(({ state }) => state === 'waiting')) return null;
  return (
    <section aria-label={text.live.journey}>
      <ol className="stages">
        {stages.map((one) => (
          <Stage key={one.stage} stage={one} />
        ))}
      </ol>
    </section>
  );
}

function Stage({ stage: { stage, state, seconds, summary, progress } }: { stage: StageState }) {
  return (
    <li data-state={state} aria-current={state === 'running' ? 'step' : undefined}>
      <b>{text.stages[stage]}</b>
      <span className="tiny">{state === 'done' && seconds !== null ? duration(seconds) : text.stageStates[state]}</span>
      {state === 'running' && progress && (
        <div className="stack tight">
          {progress.total > 0 && <Meter share={progress.done / progress.total} label={text.stages[stage]} />}
          <span className="tiny">{progress.note}</span>
        </div>
      )}
      {summary && (
        <details>
          <summary className="tiny">{text.live.verdict}</summary>
          <p className="tiny">{summary}</p>
        </details>
      )}
    </li>
  );
}
