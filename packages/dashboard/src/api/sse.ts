// Server-sent events read from a fetched body: EventSource could send no secret.

export interface ServerEvent {
  /** The last id seen, empty before the first. */
  id: string;
  data: string;
}

/** As the HTML standard says: lines end in CR, LF or both; an empty line ends an event; data lines are joined. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  let id = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { id, data: data.join('\n') };
          data = [];
        } else if (line.startsWith('data:')) data.push(field(line, 5));
        else if (line.startsWith('id:')) id = field(line, 3);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function field(line: string, from: number): string {
  return line.slice(line[from] === ' ' ? from + 1 : from);
}
