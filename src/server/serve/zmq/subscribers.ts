import { setMaxListeners } from 'node:events';

/** Milliseconds that a client may take to subscribe after it has asked. */
const PATIENCE = 10_000;

/** A client that asked and isn't there yet, or is. */
interface Client {
  readonly gone: AbortController;
  here: boolean;
  arrive: () => void;
  readonly arrived: Promise<void>;
  /** Requests that wait for it. */
  uses: number;
}

/**
 * Who listens to the answers, as the publishing socket hears it. Requests and subscriptions come over two connections: an answer that was published
 * before the subscription came would be lost, and its client would wait for ever.
 */
export class Subscribers {
  readonly #clients = new Map<string, Client>();

  /**
   * Waits for a client. `there` resolves with whether it subscribed in time; `signal` aborts when it has gone again. Every call is to be followed
   * until `there`.
   */
  await(name: Buffer): { readonly signal: AbortSignal; readonly there: Promise<boolean> } {
    const key = name.toString('latin1');
    const client = this.#clients.get(key) ?? this.#add(key);
    client.uses++;
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, PATIENCE)));
    const there = Promise.race([client.arrived, patience]).then(() => {
      clearTimeout(late);
      client.uses--;
      if (!client.here && client.uses === 0 && this.#clients.get(key) === client) this.#clients.delete(key);
      return client.here && !client.gone.signal.aborted;
    });
    return { signal: client.gone.signal, there };
  }

  /** Takes a message of the socket: 1 and a name when somebody subscribes to it first, 0 and the name when the last one has gone. */
  receive(message: Buffer): void {
    const key = message.subarray(1).toString('latin1');
    if (message[0] === 1) {
      const client = this.#clients.get(key) ?? this.#add(key);
      client.here = true;
      client.arrive();
    } else if (message[0] === 0) {
      this.#clients.get(key)?.gone.abort();
      this.#clients.delete(key);
    }
  }

  /** Waits for nobody any longer. */
  close(): void {
    for (const client of this.#clients.values()) client.arrive();
    this.#clients.clear();
  }

  #add(key: string): Client {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const gone = new AbortController();
    // Every request of a client listens.
    setMaxListeners(0, gone.signal);
    const client: Client = { gone, here: false, arrive, arrived, uses: 0 };
    this.#clients.set(key, client);
    return client;
  }
}
