/**
 * Tells documents that hold any of some texts, so that a test set is not learnt from: by the texts' first {@link WINDOW} characters anywhere in the
 * document, white space aside; a shorter text has to be a whole line. A document is more than its test texts, so all of it is left out.
 */
export interface LeftOut {
  /** Whether a document, given by its lines, holds one of the texts. */
  holds(lines: readonly string[]): boolean;
}

/** Long enough that set phrases of laws and notices seldom are the reason. */
const WINDOW = 40;
/** Base of the rolling hash, arithmetic modulo 2^32. */
const BASE = 0x01000193;

/** Remembers texts: some characters of each. */
export function createLeftOut(texts: Iterable<string>): LeftOut {
  const starts = new Map<number, Set<string>>();
  const short = new Set<string>();
  for (const text of texts) {
    const plain = withoutSpace(text);
    if (plain === '') continue;
    if (plain.length < WINDOW) {
      short.add(plain);
      continue;
    }
    const start = plain.slice(0, WINDOW);
    const hash = hashOf(start);
    starts.set(hash, (starts.get(hash) ?? new Set()).add(start));
  }
  return {
    holds(lines) {
      const plain = lines.map(withoutSpace);
      return plain.some((line) => short.has(line)) || holdsStart(plain.join(''), starts);
    },
  };
}

/** Rabin and Karp's search: the hash of each window comes from that of the one before, and what agrees is compared itself. */
function holdsStart(text: string, starts: ReadonlyMap<number, ReadonlySet<string>>): boolean {
  if (starts.size === 0 || text.length < WINDOW) return false;
  let hash = hashOf(text.slice(0, WINDOW));
  for (let at = 0; ; at++) {
    if (starts.get(hash)?.has(text.slice(at, at + WINDOW))) return true;
    if (at + WINDOW >= text.length) return false;
    const without = hash - Math.imul(text.charCodeAt(at), LEADING);
    hash = (Math.imul(without, BASE) + text.charCodeAt(at + WINDOW)) | 0;
  }
}

function hashOf(window: string): number {
  let hash = 0;
  for (let i = 0; i < window.length; i++) hash = (Math.imul(hash, BASE) + window.charCodeAt(i)) | 0;
  return hash;
}

/** What the first character of a window is multiplied with. */
const LEADING = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}
