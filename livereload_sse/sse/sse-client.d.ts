/**
 * Types of sse-client.js.
 *
 * Name the events of a stream once, and each handler knows its data:
 *
 *     const events = connect<{ metric: { cpu: number } }>('/events');
 *     events.on('metric', ({ cpu }) => draw(cpu));
 */

/**
 * `connecting` is asking, `open` is listening, `waiting` has lost the stream and comes back.
 * The last three are final: `ended` by the server (204, or behind the end event), `failed` because it
 * refused (`detail.status`), `closed` by this page.
 */
export type State = 'connecting' | 'open' | 'waiting' | FinalState;
export type FinalState = 'ended' | 'failed' | 'closed';

export interface StateDetail {
  /** While `waiting`: seconds until the next try. Not known while a native EventSource waits. */
  readonly delay?: number;
  /** The HTTP status that it is `waiting`, `ended` or `failed` for, where it was one. */
  readonly status?: number;
}

/** An event as it came: `data` is its text, `id` the place to come back with ("" for none). */
export interface StreamEvent<Name extends string = string> {
  readonly name: Name;
  readonly data: string;
  readonly id: string;
}

export interface Options {
  /**
   * Begin after this id, which the page was made with. Give it where nothing may be missed: a native
   * EventSource tells scripts the ids of events only, so without it there is no place to come back
   * to before the first event.
   */
  after?: string | null;
  /**
   * Any of these three, or `transport: 'fetch'`, reads the stream with fetch. A body is POSTed.
   * To another origin such a request needs its leave (CORS) for `Last-Event-ID`, too.
   */
  method?: string;
  headers?: HeadersInit;
  /** Sent again at each reconnection, so it cannot be a stream. */
  body?: Exclude<BodyInit, ReadableStream> | null;
  transport?: 'fetch';
  /** Send cookies to another origin. Default: false. */
  withCredentials?: boolean;
  /** Closes the connection when it is aborted. */
  signal?: AbortSignal;
  /** Seconds: the first delay of reconnections that this client makes by itself. Default: 1. */
  retry?: number;
  /** Seconds: the longest such delay, unless the server asks for a longer one. Default: 30. */
  maxRetry?: number;
  /** Seconds without a single byte after which fetch mode reconnects; 0: never. Default: 45. */
  silence?: number;
  /**
   * The name of the last event: a stream that is over right behind it is `ended`, and not asked for
   * again; "" if it has none. Default: "end".
   */
  endEvent?: string;
}

export interface Connection<Events extends object = Record<string, any>> {
  readonly state: State;
  /** The place to come back with; "" before the first id. */
  readonly lastEventId: string;
  /** Resolves with the final state; never rejects. */
  readonly done: Promise<FinalState>;
  /**
   * Call `handler` for each event of this name ("message" for those without one) with its data:
   * parsed JSON, or the text where it is no JSON ("42" is the number: who sends texts sends them as
   * JSON, or reads `event.data`). Returns a function that takes the handler off.
   *
   * A native EventSource hears only names that were asked for: add handlers before the first
   * await after `connect`, or miss what comes until then.
   */
  on<Name extends keyof Events & string>(
    name: Name,
    handler: (data: Events[Name], event: StreamEvent<Name>) => void,
  ): () => void;
  /** Call `handler` with the present state at once, and with each new one. */
  onState(handler: (state: State, detail: StateDetail) => void): () => void;
  close(): void;
}

/** What a connection uses of its browser; tests may give their own. */
export interface World {
  EventSource?: new (url: string, init?: EventSourceInit) => EventSource;
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  setTimeout: (run: () => void, milliseconds: number) => any;
  clearTimeout: (timer: any) => void;
  addEventListener?: (name: string, listener: () => void) => void;
  removeEventListener?: (name: string, listener: () => void) => void;
  reportError?: (error: unknown) => void;
  document?: { baseURI: string };
  location?: { href: string };
  Math: { random(): number };
}

/**
 * Open a stream of events, and keep it open until it ends.
 *
 * Throws TypeError for options that it does not know, and for an address, headers or a body that no
 * request can have. Nothing that happens
 * later is thrown: see `onState` and `done`.
 */
export function connect<Events extends object = Record<string, any>>(
  url: string | URL,
  options?: Options,
  world?: World,
): Connection<Events>;

/** One response's parser: bytes, in any pieces, become events (WHATWG HTML, "event stream"). */
export class EventStreamParser {
  /** A new response needs a new parser, with the old one's id. */
  constructor(lastEventId?: string);
  /** What to send as `Last-Event-ID`; moves on blocks without data, too. */
  readonly lastEventId: string;
  /** The delay in seconds that the server has asked for, if it has. */
  readonly retry: number | undefined;
  /** Take the next bytes, and return the events that they complete. */
  feed(chunk: Uint8Array): StreamEvent[];
}
