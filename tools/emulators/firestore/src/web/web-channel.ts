import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { JsonService, JsonStream } from './grpc-calls.ts';
import { statusJson } from './status-json.ts';

/** How often a silent channel says that it is alive, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;
/** How long a channel may be without a client that listens, in milliseconds. */
const ABANDONED_MS = 60_000;
const VERSION = 8;

/**
 * One WebChannel: a stream both ways over plain HTTP requests, as Google's web clients speak it.
 *
 * What the client sends comes in POSTs, each message with a number. What the server sends are
 * numbered arrays over a GET that stays open (the back channel); the client acknowledges them with
 * the number of the last one, and those it has not are sent again over its next GET.
 */
export class WebChannel {
  readonly sessionId: string = randomUUID();
  readonly #stream: JsonStream;
  readonly #onClosed: () => void;
  readonly #keepAlive: NodeJS.Timeout;
  #abandoned: NodeJS.Timeout | undefined;
  #backChannel: { response: ServerResponse; isBuffered: boolean } | undefined;
  #unacknowledged: { id: number; array: unknown }[] = [];
  #lastArray = 0;
  #nextMessage = 0;

  constructor(service: JsonService, method: string, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#stream = service.open(method, {
      message: (message) => this.#push([message]),
      end: (error) => {
        if (error) this.#push([statusJson(error)]);
        this.#push(['close']);
        this.#abandon();
      },
    });
    this.#keepAlive = setInterval(() => this.#push(['noop']), KEEP_ALIVE_MS);
    this.#abandon();
  }

  /** The answer to the POST that opened the channel. */
  handshake(): unknown {
    return [[0, ['c', this.sessionId, '', VERSION, 12, KEEP_ALIVE_MS]]];
  }

  /** The answer to a later POST. */
  receipt(): unknown {
    return [this.#backChannel ? 1 : 0, this.#lastArray, 0];
  }

  /** Takes the messages of a POST; a repeated POST brings nothing new. */
  receive(form: URLSearchParams): void {
    const offset = Number(form.get('ofs') ?? this.#nextMessage);
    const count = Number(form.get('count') ?? 0);
    for (let at = 0; at < count; at += 1) {
      if (offset + at < this.#nextMessage) continue;
      this.#nextMessage = offset + at + 1;
      const text = form.get(`req${at}___data__`);
      if (text === null) continue;
      try {
        this.#stream.send(JSON.parse(text));
      } catch (error) {
        this.#push([statusJson(error)]);
      }
    }
  }

  /** @param isBuffered whether the client sees an answer only when it is complete */
  listen(response: ServerResponse, acknowledged: number, isBuffered: boolean): void {
    this.acknowledge(acknowledged);
    this.#backChannel?.response.end();
    const backChannel = { response, isBuffered };
    this.#backChannel = backChannel;
    clearTimeout(this.#abandoned);
    response.once('close', () => {
      if (this.#backChannel !== backChannel) return;
      this.#backChannel = undefined;
      this.#abandon();
    });
    // The client measures by the first bytes whether something in between holds them back.
    if (this.#unacknowledged.length === 0) this.#push(['noop']);
    else this.#flush();
  }

  acknowledge(array: number): void {
    if (Number.isNaN(array)) return;
    this.#unacknowledged = this.#unacknowledged.filter(({ id }) => id > array);
  }

  close(): void {
    clearInterval(this.#keepAlive);
    clearTimeout(this.#abandoned);
    this.#stream.cancel();
    this.#backChannel?.response.end();
    this.#onClosed();
  }

  #push(array: unknown): void {
    this.#lastArray += 1;
    const entry = { id: this.#lastArray, array };
    this.#unacknowledged.push(entry);
    this.#write([entry]);
  }

  #flush(): void {
    this.#write(this.#unacknowledged);
  }

  #write(entries: readonly { id: number; array: unknown }[]): void {
    const { response, isBuffered } = this.#backChannel ?? {};
    if (!response || entries.length === 0) return;
    response.write(chunk(entries.map(({ id, array }) => [id, array])));
    if (isBuffered === true) response.end();
  }

  #abandon(): void {
    clearTimeout(this.#abandoned);
    this.#abandoned = setTimeout(() => this.close(), ABANDONED_MS);
    this.#abandoned.unref();
    this.#keepAlive.unref();
  }
}

/** A piece of an answer: its length in UTF-16 units, then itself. */
export function chunk(json: unknown): string {
  const text = JSON.stringify(json);
  return `${text.length}\n${text}`;
}
