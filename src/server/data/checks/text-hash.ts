/**
 * A 53-bit hash of a text or a pair, for finding equal texts without keeping them: two multiplicative hashes side by side (after Bryc's
 * cyrb53, public domain). Equal hashes are to be confirmed by comparing the texts before anything is done to a row.
 */
export function textKey(text: string, textB?: string): number {
  const state: [number, number] = [0xdeadbeef, 0x41c6ce57];
  mix(state, text);
  if (textB !== undefined) {
    mix(state, '\t');
    mix(state, textB);
  }
  let [low, high] = state;
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}

function mix(state: [number, number], text: string): void {
  let [low, high] = state;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  state[0] = low;
  state[1] = high;
}
