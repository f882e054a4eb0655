// The numbers that matter most: time left, trials, and best against base and recommended.
import type { StudyOverview } from '@goldilocks/protocol/page';
import { Link } from '@tanstack/react-router';
import { Meter, Tile } from '../../components/Facts.js';
import { duration, measured, plain } from '../../format.js';
import { text } from '../../text.js';

export function Tiles({ overview }: { overview: StudyOverview }) {
  const { secondsLeft, secondsUsed, budget, trialsDone, trialsPlanned, base, recommended, best, summary } = overview;
  const isJourney = summary.kind === 'journey';
  const runs = summary.state === 'running' || summary.state === 'paused';
  const share = budget.seconds ? secondsUsed / budget.seconds : null;
  return (
    <div className="tiles">
      {isJourney && (
        <Tile
          title={runs ? text.live.left : text.trials.seconds}
          below={
            <>
              {runs && text.live.used(duration(secondsUsed))}{' '}
              {budget.seconds !== null && text.live.of(duration(budget.seconds))}
              {share !== null && <Meter share={share} label={text.live.budget} />}
            </>
          }
        >
          {runs ? duration(secondsLeft) : duration(secondsUsed)}
        </Tile>
      )}
      <Tile title={text.live.trials} below={trialsPlanned !== null && text.live.planned(trialsPlanned)}>
        {trialsDone.toLocaleString('en')}
      </Tile>
      {isJourney && (
        <>
          <Tile title={text.live.base} tone="base" below={base === null ? text.live.unknown : overview.objectiveTitle}>
            {measured(base)}
          </Tile>
          <Tile
            title={text.live.recommendedTile}
            tone="recommended"
            below={recommended === null ? text.live.unknown : overview.objectiveTitle}
          >
            {measured(recommended)}
          </Tile>
        </>
      )}
      <Tile
        title={text.live.best}
        tone="found"
        below={best ? <BestBelow overview={overview} best={best} /> : text.live.unknown}
      >
        {measured(best?.value)}
      </Tile>
    </div>
  );
}

function BestBelow({ overview, best }: { overview: StudyOverview; best: NonNullable<StudyOverview['best']> }) {
  const { recommended, directions, summary } = overview;
  const sign = directions[0] === 'maximize' ? 1 : -1;
  const gain = recommended === null || best.value === null ? null : sign * (best.value - recommended);
  return (
    <>
      <Link to="/s/$study/trials/$trial" params={{ study: summary.key, trial: String(best.trial) }}>
        {text.live.bestTrial(best.trial)}
      </Link>
      {gain !== null &&
        `: ${gain > 0 ? text.live.gain(plain(gain)) : gain < 0 ? text.live.worse(plain(-gain)) : text.live.noGain}`}
    </>
  );
}
