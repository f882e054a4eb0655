// What a handler of a route gets and gives, by the route's schemas.
import type {
  AnswerOf,
  ParsedBodyOf,
  ParsedQueryOf,
  PathOf,
  RouteName,
  Routes,
  StreamOf,
} from '@goldilocks/protocol/page';

export interface Asked<Name extends RouteName> {
  /** The parts of the address, decoded. */
  readonly path: PathOf<Name>;
  readonly query: ParsedQueryOf<Name>;
  readonly body: ParsedBodyOf<Name>;
  /** Of an upload. */
  readonly bytes: ReadableStream<Uint8Array> | null;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** The last event that a reconnecting client has seen. */
  readonly lastEventId: string | undefined;
}

/** Sends one event; resolves when the client can take another, rejects when it is gone. */
export type Tell<Name extends RouteName> = (event: StreamOf<Name>, id?: string) => Promise<void>;

type StreamName = { [Name in RouteName]: Routes[Name] extends { stream: unknown } ? Name : never }[RouteName];

export type Handlers = {
  readonly [Name in Exclude<RouteName, StreamName>]: (asked: Asked<Name>) => Promise<AnswerOf<Name>>;
} & {
  /** The stream ends when the promise resolves. */
  readonly [Name in StreamName]: (asked: Asked<Name>, tell: Tell<Name>) => Promise<void>;
};
