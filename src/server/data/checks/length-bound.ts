/**
 * An upper bound of the number of word pieces in a text, without tokenising it: one a UTF-16 unit for ASCII, ideographs, and Chinese and
 * full-width punctuation, four for everything else, since stripping accents decomposes a character into as many (Hangul syllables into
 * two or three letters, each of which may be a piece). Most texts of a data set are known not to be cut by this alone.
 */
export function mostPieces(text: string): number {
  let pieces = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80 && !isPlain(unit)) pieces += 3;
  }
  return pieces;
}

function isPlain(unit: number): boolean {
  return (
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x3000 && unit <= 0x303f) ||
    (unit >= 0x3400 && unit <= 0x4dbf) ||
    (unit >= 0xff00 && unit <= 0xff5e) ||
    (unit >= 0x2010 && unit <= 0x2027)
  );
}
