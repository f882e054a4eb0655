// The runs that train at this moment, with their curves, schedule, and answers.
import type { AnswersAt, RunningTrial, StudyOverview } from '@goldilocks/protocol/page';
import { useMemo } from 'react';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawLosses } from '../../charts/runs/losses.js';
import { drawGradientNorm, drawSchedule, drawSpeed } from '../../charts/runs/series.js';
import { Meter, Pill } from '../../components/Facts.js';
import { bytes, count, moment, param, plain } from '../../format.js';
import { text } from '../../text.js';
import { StopTrial } from './steering/TrialButtons.js';

export function RunningTrials({ overview }: { overview: StudyOverview }) {
  const { running, summary } = overview;
  if (running.length === 0) {
    return (
      <section className="card" aria-label={text.live.running}>
        <h2>{text.live.running}</h2>
        <p className="muted">{text.live.nothing[summary.state]}</p>
      </section>
    );
  }
  return running.map((trial) => <Running key={`${trial.purpose}-${trial.trial}`} trial={trial} overview={overview} />);
}

function Running({ trial, overview }: { trial: RunningTrial; overview: StudyOverview }) {
  const { step, totalSteps, startedAt, memoryBytes, curves, purpose } = trial;
  const last = curves.training.at(-1);
  const facts = [
    last ? text.live.step(count(step), count(totalSteps)) : '',
    last?.tokensPerSecond ? text.start.speed(count(Math.round(last.tokensPerSecond))) : '',
    memoryBytes === null ? '' : text.live.memory(bytes(memoryBytes)),
    text.live.since(moment(startedAt)),
  ];
  return (
    <section className="card stack">
      <div className="row between">
        <div className="row">
          <h2>{text.trial.title(trial.trial)}</h2>
          <Pill look="good" live>
            {text.studyStates.running}
          </Pill>
          <span className="small muted">{text.purposes[purpose]}</span>
        </div>
        {purpose === 'search' && !overview.summary.readOnly && overview.whyNotSteered === '' && (
          <StopTrial study={overview.summary.key} trial={trial.trial} />
        )}
      </div>
      <Meter share={totalSteps ? step / totalSteps : 0} label={text.live.step(count(step), count(totalSteps))} />
      <p className="small muted number">{facts.filter(Boolean).join(' · ')}</p>
      <Changes trial={trial} overview={overview} />
      {last ? (
        <RunCurves trial={trial} file={`${overview.summary.key}-${trial.trial}`} />
      ) : (
        <p className="muted">{text.live.noStepYet}</p>
      )}
      <Answers answers={curves.answers} />
    </section>
  );
}

function Changes({ trial: { changed }, overview }: { trial: RunningTrial; overview: StudyOverview }) {
  if (changed.length === 0) return <p className="small">{text.live.asRecommended}</p>;
  const title = (name: string) => overview.parameters.find((parameter) => parameter.name === name)?.title ?? name;
  return (
    <ul className="row small">
      {changed.map(({ name, from, to }) => (
        <li key={name} className="pill">
          {text.live.change(title(name), param(from), param(to))}
        </li>
      ))}
    </ul>
  );
}

export function RunCurves({ trial, file }: { trial: Pick<RunningTrial, 'trial' | 'curves'>; file: string }) {
  const { curves } = trial;
  const drawings = useMemo(
    () => ({
      losses: drawLosses([{ title: text.trial.title(trial.trial), trial: trial.trial, curves }]),
      schedule: drawSchedule(curves),
      gradientNorm: drawGradientNorm(curves),
      speed: drawSpeed(curves),
    }),
    [curves, trial.trial],
  );
  const hasNorm = curves.training.some(({ gradientNorm }) => gradientNorm !== null);
  const hasSpeed = curves.training.some(({ tokensPerSecond }) => tokensPerSecond !== null);
  return (
    <div className="stack loose">
      <ChartFigure
        title={text.live.losses}
        sentence={text.live.lossesHow}
        drawing={drawings.losses}
        file={`${file}-losses`}
      />
      <div className="grid" style={{ '--least': '300px' } as React.CSSProperties}>
        <ChartFigure
          title={text.live.schedule}
          sentence={text.live.scheduleHow}
          drawing={drawings.schedule}
          file={`${file}-schedule`}
        />
        {hasNorm && (
          <ChartFigure
            title={text.live.gradientNorm}
            sentence={text.live.gradientNormHow}
            drawing={drawings.gradientNorm}
            file={`${file}-gradient-norm`}
          />
        )}
        {hasSpeed && (
          <ChartFigure
            title={text.live.speed}
            sentence={text.live.speedHow}
            drawing={drawings.speed}
            file={`${file}-speed`}
          />
        )}
      </div>
    </div>
  );
}

export function Answers({ answers }: { answers: readonly AnswersAt[] }) {
  const now = answers.at(-1);
  const before = answers.at(-2);
  if (!now || now.answers.length === 0) return null;
  return (
    <section className="stack tight">
      <h3>{text.live.answersTitle}</h3>
      <p className="small muted">{text.live.answersHow}</p>
      <div className="answers">
        {now.answers.map(({ prompt, expected, answer }, i) => (
          <article key={prompt} className="stack tight">
            <blockquote className="pre small">{prompt}</blockquote>
            <div className="grid narrow small">
              <Answer title={text.live.expected} tone="good" answer={expected} />
              <Answer title={text.live.now(plain(now.epoch))} tone="found" answer={answer} />
              {before?.answers[i] && (
                <Answer title={text.live.ago(plain(before.epoch))} tone="base" answer={before.answers[i].answer} />
              )}
            </div>
          </article>
        ))}
      </div>
    </section>
  );
}

function Answer({ title, tone, answer }: { title: string; tone: string; answer: string }) {
  return (
    <div className="answer" style={{ '--tone': `var(--${tone})` } as React.CSSProperties}>
      <span className="tiny muted">{title}</span>
      <div className="pre">{answer}</div>
    </div>
  );
}
