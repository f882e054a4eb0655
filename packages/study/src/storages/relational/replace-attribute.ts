/** Compare and set of a trial's attribute, in one statement, so that the database decides between several writers. */

import { formatJson, type JsonValue } from '../../json.js';
import type { Builder } from './dialect.js';
import { all, type Script } from './script.js';

/** Whether the attribute was as the caller saw it, and is now the value. */
export function* replaceAttribute(
  db: Builder,
  trialId: number,
  key: string,
  seen: JsonValue | undefined,
  value: JsonValue,
): Script<boolean> {
  const value_json = formatJson(value);
  const table = 'trial_system_attributes';
  if (seen === undefined) {
    const inserted = yield* all(
      db
        .insertInto(table)
        .values({ trial_id: trialId, key, value_json } as never)
        .onConflict((conflict) => conflict.columns(['trial_id', 'key']).doNothing())
        .returning('key'),
    );
    return inserted.length > 0;
  }
  const changed = yield* all(
    db
      .updateTable(table)
      .set({ value_json })
      .where('trial_id', '=', trialId)
      .where('key', '=', key)
      .where('value_json', '=', formatJson(seen))
      .returning('key'),
  );
  return changed.length > 0;
}
