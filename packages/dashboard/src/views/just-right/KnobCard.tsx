// The card of one hyperparameter.
import type { Hyperparameter, SideEvidence } from '@goldilocks/protocol/page';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawKnob } from '../../charts/knob.js';
import { Meter, Pill, type PillLook } from '../../components/Facts.js';
import { searchedText } from '../../components/searched.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { param, percent } from '../../format.js';
import { text } from '../../text.js';
import { useOpenTrial } from '../trials/useOpenTrial.js';

const looks: Record<Hyperparameter['verdict'], PillLook> = {
  'just-right': 'good',
  'one-side': 'blue',
  'no-effect-seen': '',
  uncertain: 'warm',
  'not-tested': 'outline',
};

interface Props {
  knob: Hyperparameter;
  objective: string;
  maximize: boolean;
}

export function KnobCard({ knob, objective, maximize }: Props) {
  const study = useStudyKey();
  const openTrial = useOpenTrial();
  const drawing = useMemo(() => drawKnob(knob, objective), [knob, objective]);
  const {
    name,
    title,
    explanation,
    value,
    recommended,
    unit,
    verdict,
    confidence,
    sentence,
    note,
    importance,
    points,
    searched,
  } = knob;
  const isSame = param(value) === param(recommended);
  const word = verdict === 'one-side' && knob.scale === 'choice' ? text.knobs.someWorse : text.knobs.verdicts[verdict];
  return (
    <article className="card knob" aria-labelledby={`knob-${name}`}>
      <header className="row between top-aligned">
        <h3 id={`knob-${name}`}>{title}</h3>
        <Pill look={looks[verdict]}>
          <span aria-hidden="true">{text.knobs.marks[verdict]}</span>
          {word}
        </Pill>
      </header>
      <p className="value">
        {param(value)} <small>{value === 1 ? unit.replace(/s$/, '') : unit}</small>{' '}
        <small>{isSame ? text.knobs.asRecommended : text.knobs.recommendedIs(param(recommended))}</small>
      </p>
      <p className="small muted">
        {explanation} {searched && text.knobs.searchedIn(searchedText(searched))}
      </p>
      <p>
        {sentence} {text.knobs.sure[confidence] && <span className="muted">({text.knobs.sure[confidence]})</span>}
      </p>
      {importance !== null ? (
        <div className="row small">
          <span className="muted">{text.knobs.importance}</span>
          <div style={{ width: 110 }}>
            <Meter share={importance} label={`${title}: ${text.knobs.importance}`} />
          </div>
          <span className="number">{percent(importance)}</span>
        </div>
      ) : null}
      <EvidenceList knob={knob} />
      {points.length > 0 && verdict !== 'not-tested' && (
        <ChartFigure
          title={text.knobs.points}
          sentence={maximize ? text.knobs.pointsHowMax : text.knobs.pointsHow}
          drawing={drawing}
          file={`${study}-${name}`}
          study={study}
          onTrial={openTrial}
        />
      )}
      {note && <p className="small muted">{note}</p>}
    </article>
  );
}

function EvidenceList({ knob: { evidence } }: { knob: Hyperparameter }) {
  const sides: [string, SideEvidence][] = [
    ...(evidence.tooLittle ? [[text.knobs.tooLittle, evidence.tooLittle] as [string, SideEvidence]] : []),
    ...(evidence.tooMuch ? [[text.knobs.tooMuch, evidence.tooMuch] as [string, SideEvidence]] : []),
    ...evidence.otherChoices.map((side): [string, SideEvidence] => [text.knobs.other(param(side.beyond)), side]),
  ];
  if (sides.length === 0) return null;
  return (
    <ul className="evidence">
      {sides.map(([head, side]) => (
        <li key={head}>
          <b>{head}</b>
          {side.sentence} <EvidenceLink trials={side.trials} />
        </li>
      ))}
    </ul>
  );
}

function EvidenceLink({ trials }: { trials: readonly number[] }) {
  const study = useStudyKey();
  if (trials.length === 0) return null;
  return (
    <Link
      className="small"
      to="/s/$study/compare"
      params={{ study }}
      search={{ trials: trials.slice(0, 12).join(',') }}
    >
      {text.knobs.evidenceTrials(trials.length)}
    </Link>
  );
}
