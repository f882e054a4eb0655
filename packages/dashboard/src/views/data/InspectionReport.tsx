// What inspect found in the data, each problem with its rows.
import type { InspectedProblem, Inspection } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { rowsQuery } from '../../api/queries.js';
import { ChartFigure } from '../../charts/ChartFigure.js';
import { drawLabels, drawLengths } from '../../charts/data.js';
import { Button } from '../../components/Button.js';
import { DataTable } from '../../components/DataTable.js';
import { Facts, Pill } from '../../components/Facts.js';
import { Shown } from '../../components/states.js';
import { count, languageName, list, percent, plain } from '../../format.js';
import { text } from '../../text.js';

export function InspectionReport({ inspection }: { inspection: Inspection }) {
  const { labels, lengths, problems } = inspection;
  const lengthsDrawing = useMemo(() => drawLengths(inspection), [inspection]);
  const labelsDrawing = useMemo(() => (labels && labels.length > 0 ? drawLabels(labels) : null), [labels]);
  const unit = lengths.tokens ? text.data.tokens : text.data.characters;
  const { median, max } = lengths.tokens ?? lengths.inputCharacters;
  return (
    <div className="stack">
      <section className="card stack">
        <div className="row between">
          <h3>{inspection.data}</h3>
          <span className="muted">{text.data.rows(count(inspection.rows))}</span>
        </div>
        <p>{inspection.guess}</p>
        <div className="halves">
          <Facts facts={mainFacts(inspection)} />
          <Facts facts={qualityFacts(inspection)} />
        </div>
        {inspection.splitNote && <p className="small muted">{inspection.splitNote}</p>}
        {lengths.tokens && lengths.tokens.rowsCut > 0 && (
          <p className="notice">{text.data.cut(count(lengths.tokens.rowsCut), count(lengths.tokens.maxLength ?? 0))}</p>
        )}
      </section>
      <section className="card stack tight">
        <h3>{text.data.problems}</h3>
        {problems.length === 0 && <p className="muted">{text.data.noProblems}</p>}
        <ul className="settings-list">
          {problems.map((problem) => (
            <Problem key={problem.kind + problem.message} inspection={inspection.id} problem={problem} />
          ))}
        </ul>
      </section>
      <div className="grid wide">
        <section className="card">
          <ChartFigure
            title={text.data.lengths}
            sentence={text.data.lengthsHow(plain(median), count(Math.round(max)), unit)}
            drawing={lengthsDrawing}
            file="lengths"
          />
        </section>
        {labelsDrawing && (
          <section className="card">
            <ChartFigure
              title={text.data.labels}
              sentence={text.data.labelsHow}
              drawing={labelsDrawing}
              file="labels"
            />
          </section>
        )}
      </div>
    </div>
  );
}

function mainFacts({ columns, splits, format, languages }: Inspection) {
  return [
    [text.data.input, <code key="input">{list(columns.input)}</code>],
    [text.data.target, columns.target.length > 0 ? <code key="target">{list(columns.target)}</code> : '—'],
    [text.data.splits, text.data.split(count(splits.train), count(splits.validation), count(splits.test))],
    [text.data.format, format],
    ...(languages.length > 0
      ? [
          [
            text.data.languages,
            list(languages.slice(0, 4).map(({ language, share }) => `${languageName(language)} ${percent(share)}`)),
          ] as const,
        ]
      : []),
  ] as const;
}

function qualityFacts({ shares, baselines }: Inspection) {
  const { exactDuplicates, nearDuplicates, contradictions, outliers, labelNoise } = shares;
  return [
    [text.data.duplicates, percent(exactDuplicates, 1)],
    [text.data.nearDuplicates, percent(nearDuplicates, 1)],
    [text.data.contradictions, percent(contradictions, 1)],
    [text.data.outliers, percent(outliers, 1)],
    ...(labelNoise !== null ? [[text.data.labelNoise, percent(labelNoise, 1)] as const] : []),
    ...(baselines
      ? [
          [
            text.data.baselines,
            text.data.baselinesHow(
              percent(baselines.majority),
              percent(baselines.keywordRule),
              percent(baselines.naiveBayes),
            ),
          ] as const,
        ]
      : []),
  ] as const;
}

const looks = { error: 'bad', warning: 'warm', note: 'outline' } as const;

function Problem({ inspection, problem }: { inspection: string; problem: InspectedProblem }) {
  const [open, setOpen] = useState(false);
  const { kind, severity, count: rows, message, advice } = problem;
  return (
    <li className="stack tight">
      <div className="row">
        <Pill look={looks[severity]}>{text.data.severities[severity]}</Pill>
        {rows > 0 && <span className="small muted">{text.data.problemCount(rows)}</span>}
      </div>
      <p className="pre">{message}</p>
      {advice && <p className="small muted pre">{advice}</p>}
      {problem.places.length > 0 && (
        <div>
          <Button look="compact" aria-expanded={open} onPress={() => setOpen(!open)}>
            {open ? text.data.hideRows : text.data.showRows}
          </Button>
        </div>
      )}
      {open && <ProblemRows inspection={inspection} kind={kind} places={problem.places} />}
    </li>
  );
}

function ProblemRows({ inspection, kind, places }: { inspection: string; kind: string; places: readonly string[] }) {
  const query = useQuery(rowsQuery(inspection, { problem: kind, limit: 100 }));
  return (
    <Shown query={query} height={120}>
      {({ rows }) =>
        rows.length === 0 ? (
          // Rows that could not be read have nothing to show but their place.
          <p className="small pre">{list(places)}</p>
        ) : (
          <DataTable
            caption={text.data.problems}
            hideCaption
            pageSize={10}
            columns={[
              { title: text.data.place, cell: ({ place }) => place },
              { title: text.data.part, cell: ({ split }) => split },
              {
                title: text.data.text,
                cell: ({ text: input, cut }) => (
                  <span className="pre">
                    {input}
                    {cut && ' …'}
                  </span>
                ),
              },
              { title: text.data.answer, cell: ({ target }) => <span className="pre">{target}</span> },
            ]}
            rows={rows}
          />
        )
      }
    </Shown>
  );
}
