/** Offsets in code points, as Hugging Face gives them, from ours in UTF-16 units. Fails on an offset inside a surrogate pair. */
export function toCodePoints(text: string, offsets: Int32Array): number[] {
  const codePointAt = new Map<number, number>();
  let unit = 0;
  let count = 0;
  for (const character of text) {
    codePointAt.set(unit, count++);
    unit += character.length;
  }
  codePointAt.set(unit, count);
  return Array.from(offsets, (offset) => {
    const codePoint = codePointAt.get(offset);
    if (codePoint === undefined) throw new Error(`offset ${offset} is inside a character of ${JSON.stringify(text)}`);
    return codePoint;
  });
}

/** Offsets of an encoding in code points: each token's in the text that its type id names. */
export function offsetsInCodePoints(
  encoding: { readonly offsets: Int32Array; readonly typeIds: Int32Array },
  text: string,
  pair: string | undefined,
): number[] {
  const first = encoding.typeIds.indexOf(1);
  if (first < 0) return toCodePoints(text, encoding.offsets);
  return [
    ...toCodePoints(text, encoding.offsets.subarray(0, 2 * first)),
    ...toCodePoints(pair ?? '', encoding.offsets.subarray(2 * first)),
  ];
}
