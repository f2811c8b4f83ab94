import fc from 'fast-check';

/** One character, mostly of the kinds on which tokenizers go wrong; whole plane by plane in the end. */
export const anyCharacter: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcdefgxyzABCXYZ0123456789') },
  { weight: 4, arbitrary: fc.constantFrom(...'的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...' \t\n\r\u00a0\u3000\u2028\u0000\u0007\u000b\u0085\u00ad\u200b\u200d\ufeff\ufffd'),
  },
  { weight: 3, arbitrary: fc.constantFrom(...'.,!?-_\'"()[]{}#$^`~，。！？、：；“”（）《》…·') },
  { weight: 3, arbitrary: fc.constantFrom(...'éÉüÜñçİıßẞﬁŒøÅ\u0301\u0308\u0323\u0307\u0327ậǅ한글かがパヴйЁ') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('😀', '👍🏽', '𠀀', '𝒜', '🇨🇳', '[SEP]', '[MASK]', '[mask]', '##', '[CLS', '豈'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x2fff }).map((c) => String.fromCodePoint(c)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

/** Well-formed text of up to 60 such characters. */
export const anyText = fc.array(anyCharacter, { maxLength: 60 }).map((characters) => characters.join(''));

/** Text that may hold unpaired surrogates, as a string of UTF-16 units may. */
export const anyString = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: anyCharacter },
      fc.integer({ min: 0xd800, max: 0xdfff }).map((c) => String.fromCharCode(c)),
    ),
    {
      maxLength: 60,
    },
  )
  .map((characters) => characters.join(''));
