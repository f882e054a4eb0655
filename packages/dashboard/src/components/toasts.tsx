// Short words about what was done, with a way to take it back.
import {
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components/Toast';
import { text } from '../text.js';
import { Button } from './Button.js';
import { Icon } from './Icon.js';

interface Content {
  message: string;
  bad?: boolean;
  undo?: () => void;
}

const queue = new ToastQueue<Content>({ maxVisibleToasts: 3 });

export function tell(message: string, options: Omit<Content, 'message'> = {}): void {
  queue.add({ message, ...options }, { timeout: options.undo ? 15_000 : 8_000 });
}

export function tellError(error: unknown): void {
  tell(error instanceof Error ? error.message : String(error), { bad: true });
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts">
      {({ toast }) => (
        <Toast toast={toast} className={`toast ${toast.content.bad ? 'bad' : ''}`}>
          <ToastContent className="grow pre">{toast.content.message}</ToastContent>
          {toast.content.undo && (
            <Button
              look="compact"
              onPress={() => {
                toast.content.undo!();
                queue.close(toast.key);
              }}
            >
              {text.undo}
            </Button>
          )}
          <Button slot="close" look="quiet compact" title={text.close}>
            <Icon name="close" />
          </Button>
        </Toast>
      )}
    </ToastRegion>
  );
}
