import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askLabels } from '../../src/server/cli/ask-labels';

/** What is answered by someone who types these lines, and what was asked of them. */
async function asked(count: number, lines: readonly string[], isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  let said = '';
  let next = 0;
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const questions = said.split('Enter: LABEL_0').length - 1;
    while (next < questions && next < lines.length) input.write(`${lines[next++]}\n`);
  });
  return { names: await askLabels(count, { input, output }), said };
}

test('names are asked for until they fit', async () => {
  const { names, said } = await asked(3, ['甲, 乙', '甲,,丙', '甲、乙，甲', ' 甲，乙、丙 ']);
  assert.deepEqual(names, ['甲', '乙', '丙']);
  assert.match(said, /Its 3 labels have no names\.[^]*2 names, 3 are needed[^]*one is empty[^]*one is there twice/);
});

test('an empty line leaves them as they are, and nobody is asked without a terminal', async () => {
  assert.equal((await asked(3, [''])).names, undefined);
  assert.deepEqual(await asked(3, [], false), { names: undefined, said: '' });
});
