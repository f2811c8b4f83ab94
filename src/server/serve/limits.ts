/** What one request may bring and what may wait. Whatever is above is refused, and never cut in silence. */
export const LIMITS = {
  /** Bytes of a request's body. */
  body: 8 * 2 ** 20,
  /** Texts of a request. */
  rows: 1024,
  /** UTF-16 units of a text. */
  text: 100_000,
  /** Texts that wait; beyond them a request is answered 429. */
  waiting: 4096,
  /** Milliseconds after which a request is answered 504. */
  deadline: 60_000,
  /** Milliseconds that a client may take to send a request. */
  sending: 30_000,
} as const;

/** The port where nobody names one: that of bert-as-service's HTTP server. */
export const DEFAULT_PORT = 8125;

/** The ports of ZeroMQ where nobody names others: those of bert-as-service, for requests and for answers. */
export const ZMQ_PORTS: readonly [number, number] = [5555, 5556];
