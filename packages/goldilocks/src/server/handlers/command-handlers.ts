// Routes by which the page steers a search.
import { checkCommand } from '../../steer/check-command.js';
import { giveCommand } from '../../steer/commands.js';
import type { Handlers } from '../route-types.js';
import type { ServerPlace } from '../workplace.js';

export function commandHandlers({ book }: ServerPlace): Pick<Handlers, 'commands' | 'giveCommand'> {
  return {
    async commands({ path }) {
      return { commands: (await book.find(path.study)).commands };
    },
    async giveCommand({ path, body }) {
      const view = await book.findToWrite(path.study);
      const { trials, journey, search, study } = view;
      checkCommand(body.command, { study: study.name, trials: trials.length, journey, search });
      const record = await giveCommand(view.storage, study.id, { ...body, by: 'page' });
      await view.refresh(true);
      return record;
    },
  };
}
