// Examples that training never saw, to try.
import type { HeldOut } from '@goldilocks/protocol/page';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldOutQuery } from '../../api/queries.js';
import { Button } from '../../components/Button.js';
import { Shown } from '../../components/states.js';
import { text } from '../../text.js';

interface Props {
  study: string;
  onUse: (example: HeldOut['examples'][number]) => void;
}

export function HeldOutExamples({ study, onUse }: Props) {
  const [offset, setOffset] = useState(0);
  const query = useQuery(heldOutQuery(study, offset));
  return (
    <section className="card stack tight">
      <h3>{text.try.example}</h3>
      <p className="hint">{text.try.exampleHint}</p>
      <Shown query={query} height={200}>
        {({ total, examples }) => (
          <>
            <ul className="evidence">
              {examples.slice(0, 5).map((example) => (
                <li key={example.index} className="row between" style={{ flexWrap: 'nowrap' }}>
                  <span className="small clip">{example.prompt}</span>
                  <Button
                    look="compact"
                    aria-label={`${text.try.use}: ${example.prompt.slice(0, 80)}`}
                    onPress={() => onUse(example)}
                  >
                    {text.try.use}
                  </Button>
                </li>
              ))}
            </ul>
            {total > 5 && (
              <div>
                <Button look="quiet compact" onPress={() => setOffset((offset + 5) % total)}>
                  {text.try.next}
                </Button>
              </div>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}
