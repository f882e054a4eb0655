// Steering of one trial: stop it, mark it, write a note on it.
import { Button } from '../../../components/Button.js';
import { DialogButton } from '../../../components/Dialog.js';
import { Icon } from '../../../components/Icon.js';
import { text } from '../../../text.js';
import { NoteForm } from './forms.js';
import { give } from './give.js';

export function StopTrial({ study, trial }: { study: string; trial: number }) {
  return (
    <Button look="compact" onPress={() => void give(study, { kind: 'stop-trial', trial })}>
      <Icon name="stop" />
      {text.steer.stopTrial}
    </Button>
  );
}

export function TrialButtons({ study, trial, marked }: { study: string; trial: number; marked: boolean }) {
  return (
    <div className="row">
      <Button look="compact" onPress={() => void give(study, { kind: 'mark', trial, marked: !marked })}>
        <Icon name="star" />
        {marked ? text.steer.unmark : text.steer.mark}
      </Button>
      <DialogButton
        trigger={
          <Button look="compact">
            <Icon name="note" />
            {text.steer.note}
          </Button>
        }
        title={text.steer.noteOf(trial)}
      >
        {(close) => <NoteForm give={(command) => void give(study, { ...command, trial }).then(close)} />}
      </DialogButton>
    </div>
  );
}
