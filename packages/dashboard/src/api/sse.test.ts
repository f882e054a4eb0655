import { expect, test } from 'vitest';
import { readEvents } from './sse.js';

async function read(...pieces: string[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test('events come whole, wherever the network cut them, with the last id seen', async () => {
  const whole = ': hello\nid: 7\ndata: {"a":\ndata: 1}\n\nevent: x\r\ndata:two\r\n\r\ndata: cut off';
  const expected = [
    { id: '7', data: '{"a":\n1}' },
    { id: '7', data: 'two' },
  ];
  expect(await read(whole)).toEqual(expected);
  for (let cut = 1; cut < whole.length; cut++) {
    expect(await read(whole.slice(0, cut), whole.slice(cut))).toEqual(expected);
  }
});

test('letters of several bytes survive a cut', async () => {
  const bytes = new TextEncoder().encode('data: größer\n\n');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events = [];
  for await (const { data } of readEvents(body)) events.push(data);
  expect(events).toEqual(['größer']);
});
