/** Compiled graphs of different shapes, of which as many are kept as a budget allows. */
export interface SessionPool<Graph> {
  /** The graph of a shape: kept from before, or made now. */
  get(shape: string, bytes: number, make: () => Promise<Graph>): Promise<Graph>;
  dispose(): Promise<void>;
}

/** Keeps sessions of about `budget` bytes together; the least recently used are freed above it. */
export function createSessionPool<Graph extends { dispose(): Promise<void> }>(budget: number): SessionPool<Graph> {
  // A map keeps insertion order: the last is the most recently used.
  const sessions = new Map<string, { compiled: Graph; bytes: number }>();
  return {
    async get(shape, bytes, make) {
      let session = sessions.get(shape);
      sessions.delete(shape);
      if (session === undefined) {
        let held = [...sessions.values()].reduce((sum, other) => sum + other.bytes, 0);
        for (const [oldest, other] of sessions) {
          if (held + bytes <= budget) break;
          await other.compiled.dispose();
          sessions.delete(oldest);
          held -= other.bytes;
        }
        session = { compiled: await make(), bytes };
      }
      sessions.set(shape, session);
      return session.compiled;
    },
    async dispose() {
      for (const { compiled } of sessions.values()) await compiled.dispose();
      sessions.clear();
    },
  };
}
