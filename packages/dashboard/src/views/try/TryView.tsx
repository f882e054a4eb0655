// Base and tuned model answer the same text side by side.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { studyQuery, takeawayQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { NumberInput, TextInput } from '../../components/fields.js';
import { useTitle } from '../../components/Shell.js';
import { Empty, Shown } from '../../components/states.js';
import { useStudyKey } from '../../filter/useFilter.js';
import { text } from '../../text.js';
import { AnswerPanes } from './AnswerPanes.js';
import { ConfusionMatrix } from './ConfusionMatrix.js';
import { HeldOutExamples } from './HeldOutExamples.js';
import { useAnswers } from './useAnswers.js';

export function TryView() {
  const study = useStudyKey();
  const { data: overview } = useQuery(studyQuery(study));
  useTitle(text.try.title, overview?.summary.title ?? study);
  const query = useQuery(takeawayQuery(study));
  return (
    <Shown query={query}>
      {({ output }) =>
        output === null ? (
          <Empty title={text.try.notYet}>
            <p>{text.try.notYetHint}</p>
          </Empty>
        ) : (
          <div className="stack loose">
            <Ask study={study} />
            <ConfusionMatrix study={study} />
          </div>
        )
      }
    </Shown>
  );
}

function Ask({ study }: { study: string }) {
  const [prompt, setPrompt] = useState('');
  const [expected, setExpected] = useState('');
  const [temperature, setTemperature] = useState<number | undefined>(0);
  const [maxTokens, setMaxTokens] = useState<number | undefined>(64);
  const [seed, setSeed] = useState<number | undefined>(0);
  const { panes, error, busy, ask, stop } = useAnswers(study);
  const go = () =>
    ask({ prompt, temperature: temperature ?? 0, maxTokens: Math.round(maxTokens ?? 64), seed: Math.round(seed ?? 0) });
  return (
    <>
      <header className="stack tight">
        <h2>{text.try.title}</h2>
        <p className="muted">{text.try.lead}</p>
      </header>
      <div className="split">
        <section className="card stack">
          <TextInput
            label={text.try.prompt}
            value={prompt}
            onChange={(next) => {
              setPrompt(next);
              setExpected('');
            }}
            lines
          />
          <div className="grid narrow">
            <NumberInput
              label={text.try.temperature}
              hint={text.try.temperatureHint}
              value={temperature}
              onChange={setTemperature}
              least={0}
              most={5}
            />
            <NumberInput label={text.try.length} value={maxTokens} onChange={setMaxTokens} least={1} most={4096} />
            <NumberInput label={text.try.seed} value={seed} onChange={setSeed} least={0} />
          </div>
          <div className="row">
            <Button look="primary" isDisabled={prompt.trim() === '' || busy} onPress={go}>
              {text.try.ask}
            </Button>
            {busy && <Button onPress={stop}>{text.try.stop}</Button>}
          </div>
        </section>
        <HeldOutExamples
          study={study}
          onUse={(example) => {
            setPrompt(example.prompt);
            setExpected(example.expected);
          }}
        />
      </div>
      <AnswerPanes panes={panes} error={error} busy={busy} expected={expected} />
    </>
  );
}
