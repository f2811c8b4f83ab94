import assert from 'node:assert/strict';
import { test } from 'node:test';

import { appendWordPieces, type Pieces } from '../../../src/server/tokenizer/wordpiece';
import { TEN_WORDS, tenWordVocabulary } from './ten-words';

function check(word: string, tokens: readonly string[], spans?: readonly number[]): void {
  test(word.length > 20 ? `${word.slice(0, 3)}… × ${word.length}` : word, () => {
    // A token before shows that a failed word takes back its own pieces and no more.
    const pieces: Pieces = { ids: [5], spans: [7, 8] };
    appendWordPieces(tenWordVocabulary, `<${word}>`, 1, word.length + 1, pieces);
    assert.deepEqual(
      pieces.ids.map((id) => TEN_WORDS[id]),
      ['want', ...tokens],
    );
    assert.deepEqual(pieces.spans.slice(0, 2), [7, 8]);
    assert.deepEqual(pieces.spans.slice(2), spans ?? [1, word.length + 1]);
  });
}

check('unwanted', ['un', '##want', '##ed'], [1, 3, 3, 7, 7, 9]);
check('running', ['runn', '##ing'], [1, 5, 5, 8]);
check('want', ['want']);
check('wanting', ['want', '##ing'], [1, 5, 5, 8]);
check('wa', ['wa']);
// Greedy means no way back: `wa` + `##nt` is never tried, nor would it be found.
check('wantx', ['[UNK]']);
check('ing', ['[UNK]']);
check('unwantedx', ['[UNK]']);
check('中文', ['中', '##文'], [1, 2, 2, 3]);
check('文', ['[UNK]']);
check('😀', ['[UNK]']);
check(
  `un${'want'.repeat(24)}ed`,
  ['un', ...Array<string>(24).fill('##want'), '##ed'],
  [...[1, 3], ...Array.from({ length: 24 }, (_, i) => [3 + 4 * i, 7 + 4 * i]).flat(), ...[99, 101]],
);
check(`un${'want'.repeat(25)}`, ['[UNK]']);
check('😀'.repeat(101), ['[UNK]']);
