// A plan to read: what it will do, what it costs, why, and each setting to change.
import type { Planned, PlannedHyperparameter } from '@goldilocks/protocol/page';
import { DataTable } from '../../components/DataTable.js';
import { Facts } from '../../components/Facts.js';
import { bytes, count, duration, plain } from '../../format.js';
import { text } from '../../text.js';
import { AdjustmentList } from '../live/Messages.js';
import { PlannedSetting } from './PlannedSetting.js';
import type { Choices } from './request.js';

interface Props {
  plan: Planned;
  choices: Choices;
  onChange: (change: Pick<Choices, 'fixed' | 'ranges'>) => void;
}

export function PlanReport({ plan, choices, onChange }: Props) {
  const chief = plan.hyperparameters.filter((one) => one.chief);
  const others = plan.hyperparameters.filter((one) => !one.chief);
  const list = (settings: readonly PlannedHyperparameter[]) => (
    <ul className="settings-list">
      {settings.map((setting) => (
        <PlannedSetting key={setting.name} setting={setting} choices={choices} onChange={onChange} />
      ))}
    </ul>
  );
  return (
    <div className="stack">
      {plan.warnings.length > 0 && (
        <div className="notice" role="note">
          <ul>
            {plan.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="split">
        <section className="card stack tight">
          <h3>{text.start.settingsTitle}</h3>
          <p className="small muted">{text.start.settingsHint}</p>
          {list(chief)}
          {others.length > 0 && (
            <details>
              <summary>{text.start.others}</summary>
              {list(others)}
            </details>
          )}
        </section>
        <div className="stack">
          <section className="card stack tight">
            <h3>{text.start.cost}</h3>
            {plan.cost && (
              <Facts
                facts={[
                  [text.start.perRun, duration(plan.cost.secondsPerRun)],
                  [text.start.fits, plan.cost.trials === null ? '—' : `≈ ${plain(plan.cost.trials, 2)}`],
                  [text.start.peak, bytes(plan.cost.peakMemoryBytes)],
                  [text.runs.tokensPerSecond, count(Math.round(plan.cost.tokensPerSecond))],
                ]}
              />
            )}
            <DataTable
              caption={text.start.whatItDoes}
              columns={[
                {
                  title: text.start.stage,
                  cell: ({ stage }) => text.stages[stage as keyof typeof text.stages] ?? stage,
                },
                { title: text.start.whatItDoes, cell: ({ does }) => <span className="small">{does}</span> },
                { title: text.trials.seconds, cell: ({ seconds }) => duration(seconds), number: true },
              ]}
              rows={plan.stages}
            />
          </section>
          <section className="card stack tight">
            <h3>{text.start.reasons}</h3>
            {plan.similarity && <p className="small">{plan.similarity}</p>}
            <AdjustmentList adjustments={plan.adjustments} />
          </section>
        </div>
      </div>
    </div>
  );
}
