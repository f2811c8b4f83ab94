import { createRandom, hashText } from '../training/random';

/**
 * Remembers texts and says of each whether one nearly like it came before (MinHash with bands, Broder 1997): texts whose sets of shingles agree by 95 %
 * are found in 99 of 100 cases, those that agree by half in 2 of 100. What it holds grows by some 70 bytes a text, whatever their length.
 */
export interface NearDuplicates {
  /** Whether a text nearly like this one was seen; it counts as seen from now on. */
  seen(text: string): boolean;
}

const BANDS = 4;
const ROWS = 8;
/** Characters of a shingle. */
const SHINGLE = 5;

/** Makes a memory without texts. */
export function createNearDuplicates(): NearDuplicates {
  const random = createRandom(0x6e64, 0);
  const factors = Uint32Array.from({ length: BANDS * ROWS }, () => random.next() | 1);
  const terms = Uint32Array.from({ length: BANDS * ROWS }, () => random.next());
  const sets = Array.from({ length: BANDS }, createPairSet);
  const least = new Uint32Array(BANDS * ROWS);
  return {
    seen(text) {
      least.fill(0xffffffff);
      const last = Math.max(1, text.length - SHINGLE + 1);
      for (let at = 0; at < last; at++) {
        const shingle = hashText(text.slice(at, at + SHINGLE), 1);
        for (let i = 0; i < least.length; i++) {
          const value = (Math.imul(shingle, factors[i]!) + terms[i]!) >>> 0;
          if (value < least[i]!) least[i] = value;
        }
      }
      let found = false;
      for (let band = 0; band < BANDS; band++) {
        let [a, b] = [0x811c9dc5, 0x1000193];
        for (let row = 0; row < ROWS; row++) {
          const value = least[band * ROWS + row]!;
          a = Math.imul(a ^ value, 0x7feb352d);
          b = Math.imul((b + value) ^ (b >>> 15), 0x846ca68b);
        }
        if (sets[band]!.add(a >>> 0, b >>> 0)) found = true;
      }
      return found;
    },
  };
}

/** A set of pairs of 32-bit numbers in open addressing: a `Set` of JavaScript takes ten times the memory and ends at 16.7 million. */
function createPairSet(): { /** Adds a pair; says whether it was there. */ add(a: number, b: number): boolean } {
  let table = new Uint32Array(2 * 1024);
  let used = new Uint8Array(1024);
  let size = 0;
  const place = (a: number, b: number): number => {
    const mask = used.length - 1;
    let at = (a ^ (b >>> 7)) & mask;
    while (used[at] === 1 && (table[2 * at] !== a || table[2 * at + 1] !== b)) at = (at + 1) & mask;
    return at;
  };
  const put = (at: number, a: number, b: number): void => {
    table[2 * at] = a;
    table[2 * at + 1] = b;
    used[at] = 1;
  };
  const grow = (): void => {
    const [oldTable, oldUsed] = [table, used];
    table = new Uint32Array(oldTable.length * 2);
    used = new Uint8Array(oldUsed.length * 2);
    for (let at = 0; at < oldUsed.length; at++) {
      if (oldUsed[at] === 0) continue;
      const [a, b] = [oldTable[2 * at]!, oldTable[2 * at + 1]!];
      put(place(a, b), a, b);
    }
  };
  return {
    add(a, b) {
      const at = place(a, b);
      if (used[at] === 1) return true;
      put(at, a, b);
      if (++size * 2 > used.length) grow();
      return false;
    },
  };
}
