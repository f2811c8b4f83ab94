import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionAct } from '../../../src/extension/labelling/session';
import { UseModel } from '../../../src/protocol/messages';
import { openPair } from '../../server/support/pair';
import { Paper } from './paper';

const uri = 'file:///data/train.tsv';
const labels = ['甲', '乙', '丙'];
const header = '场景\t问题';

/** A file of rows `[label, text]`. */
const file = (rows: readonly (readonly [string, string])[]): string =>
  [header, ...rows.map((row) => row.join('\t')), ''].join('\n');

async function opened(t: Parameters<typeof openPair>[0], rows: readonly (readonly [string, string])[]) {
  const client = await openPair(t);
  client.files.model('/models/desk', labels);
  client.files.set('/data/labels.json', JSON.stringify({ labels: labels.map((name) => ({ name })) }));
  client.host.labels = labels;
  client.host.script = (text) => ({ label: labels[text.length % 3] ?? '甲', probability: 0.9 });
  return { client, paper: new Paper(client, uri, file(rows)) };
}

const key = (name: string): SessionAct => ({ kind: 'key', key: name });
const enter: SessionAct = { kind: 'choose', rank: 1 };

test('keys give labels and lead to the next unlabelled row; Enter takes the prediction, Alt+2 the second', async (t) => {
  const { paper } = await opened(t, [['', 'aaa'], ['乙', 'bbb'], ['', 'ccccc'], ['', 'dd'], ['', 'e']]); // prettier-ignore
  await paper.session.begin(1);
  await paper.press(key('3'), enter, { kind: 'choose', rank: 2 });
  assert.equal(paper.text, file([['丙', 'aaa'], ['乙', 'bbb'], ['丙', 'ccccc'], ['甲', 'dd'], ['', 'e']])); // prettier-ignore
  assert.equal(paper.row, 5);
  assert.equal(paper.session.state.row?.labelled, 4);
  assert.ok((paper.session.state.perMinute ?? 0) > 0);
  await paper.press(key('1'));
  assert.deepEqual(paper.notes, [{ kind: 'all-done' }]);
  assert.equal(paper.past.length, 4, 'each act is one step of undo');
});

test('keys typed while the server is slow are done in their order, each on its own row', async (t) => {
  const { paper } = await opened(
    t,
    Array.from({ length: 40 }, (_, i) => ['', `第${i}条`] as const),
  );
  const turns = [3, 1, 4, 1, 5, 9, 2, 6];
  let count = 0;
  paper.before = async () => {
    for (let turn = turns[count++ % turns.length] ?? 1; turn > 0; turn--) await new Promise((r) => setImmediate(r));
  };
  await paper.session.begin(1);
  const typed = Array.from({ length: 40 }, (_, i) => ((i * 7) % 3) + 1);
  await paper.press(...typed.map((digit) => key(String(digit))));
  const expected = typed.map((digit, i) => [labels[digit - 1] ?? '', `第${i}条`] as const);
  assert.equal(paper.text, file(expected));
});

for (const [pace, taken] of [
  [10, '甲'],
  [1000, '丙'],
] as const) {
  test(`a suggestion that changed ${pace === 10 ? 'this moment was not seen: Enter takes the one before' : 'a while ago is what Enter takes'}`, async (t) => {
    const { client, paper } = await opened(t, [['', 'aaa'], ['', 'bbbb']]); // prettier-ignore
    await paper.session.begin(1);
    await paper.until(() => paper.session.state.row?.choices[0]?.probability !== undefined);
    const best = () => paper.session.state.row?.choices[0]?.name;
    assert.equal(best(), '甲');
    client.files.model('/models/other', labels);
    client.host.script = () => ({ label: '丙', probability: 0.9 });
    await client.request(UseModel, { uri, folder: '/models/other' });
    paper.pace = pace;
    while (best() !== '丙') await paper.session.refresh();
    await paper.press(enter);
    assert.equal(paper.text, file([[taken, 'aaa'], ['', 'bbbb']])); // prettier-ignore
  });
}

test('label keys do not wait for the model; Enter does', async (t) => {
  const { client, paper } = await opened(t, [['', 'aaa'], ['', 'bbbb'], ['', 'cc']]); // prettier-ignore
  const release = client.host.hold();
  await paper.session.begin(1);
  await paper.press(key('2'));
  assert.equal(paper.text, file([['乙', 'aaa'], ['', 'bbbb'], ['', 'cc']])); // prettier-ignore
  const waiting = paper.press(enter, key('3'));
  release();
  await waiting;
  assert.equal(paper.text, file([['乙', 'aaa'], ['乙', 'bbbb'], ['丙', 'cc']])); // prettier-ignore
});

test('an edit of somebody else in between: the label goes to its own row or nowhere, and what was typed ahead is dropped', async (t) => {
  const { paper } = await opened(t, [['', 'aaa'], ['', 'bbbb'], ['', 'cc']]); // prettier-ignore
  await paper.session.begin(2);
  const start = { line: 1, character: 0 };
  paper.edit({ range: { start, end: start }, text: '\tnew\n' });
  await paper.press(key('2'), key('3'));
  assert.equal(paper.text, file([['', 'new'], ['', 'aaa'], ['', 'bbbb'], ['', 'cc']])); // prettier-ignore
  assert.deepEqual(paper.notes, [{ kind: 'stale' }]);
  // An edit of another cell, while the edits are under way, is no reason to refuse.
  let done = false;
  paper.before = (method) => {
    if (method === 'rowlight/labelEdits' && !done) {
      done = true;
      paper.edit({ range: { start: { line: 4, character: 3 }, end: { line: 4, character: 3 } }, text: '!' });
    }
    return Promise.resolve();
  };
  assert.equal(paper.row, 2);
  await paper.press(key('1'));
  assert.equal(paper.text, file([['', 'new'], ['甲', 'aaa'], ['', 'bbbb'], ['', 'cc!']])); // prettier-ignore
});

test('undo goes back to the row of the act, redo does it again, skip and clear and moving label nothing', async (t) => {
  const { paper } = await opened(t, [['', 'aaa'], ['', 'bbbb'], ['', 'cc']]); // prettier-ignore
  await paper.session.begin(1);
  await paper.press(key('1'), key('2'), { kind: 'undo' });
  assert.equal(paper.text, file([['甲', 'aaa'], ['', 'bbbb'], ['', 'cc']])); // prettier-ignore
  assert.equal(paper.row, 2);
  await paper.press({ kind: 'redo' });
  assert.equal(paper.row, 2);
  await paper.press({ kind: 'clear' }, { kind: 'skip' });
  assert.equal(paper.text, file([['甲', 'aaa'], ['', 'bbbb'], ['', 'cc']])); // prettier-ignore
  assert.equal(paper.row, 3);
  await paper.press({ kind: 'up' }, { kind: 'up' }, { kind: 'up' });
  assert.equal(paper.row, 1);
  await paper.press({ kind: 'goto', line: 3 }, { kind: 'leave' });
  assert.deepEqual([paper.row, paper.left], [3, true]);
});

test('a key that is no label drops what was typed behind it: it was meant for a row that is not reached', async (t) => {
  const { paper } = await opened(t, [['', 'aaa'], ['', 'bbbb'], ['', 'cc']]); // prettier-ignore
  await paper.session.begin(1);
  await paper.press(key('1'), key('x'), key('3'));
  assert.equal(paper.text, file([['甲', 'aaa'], ['', 'bbbb'], ['', 'cc']])); // prettier-ignore
  assert.deepEqual(paper.notes, [{ kind: 'no-such-key', key: 'x' }]);
});

test('any keys at any speed: the file is as if each had been waited for, and undo leads back to the first byte', async (t) => {
  const { client } = await opened(t, []);
  let count = 0;
  const anyAct = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('1', '2', '3').map(key) },
    { weight: 3, arbitrary: fc.constant(enter) },
    fc.constantFrom<SessionAct>({ kind: 'skip' }, { kind: 'clear' }, { kind: 'up' }, { kind: 'down' }),
  );
  const anyRows = fc.array(
    fc.tuple(
      fc.constantFrom('', '', '甲', '乙'),
      fc.string({ minLength: 1, maxLength: 6 }).map((s) => `文${s.replace(/\s/g, '')}`),
    ),
    { minLength: 1, maxLength: 10 },
  );
  await fc.assert(
    fc.asyncProperty(anyRows, fc.array(anyAct, { maxLength: 14 }), fc.array(fc.nat(4)), async (rows, acts, pauses) => {
      const fast = new Paper(client, `file:///data/fast-${++count}.tsv`, file(rows));
      const slow = new Paper(client, `file:///data/slow-${count}.tsv`, file(rows));
      let at = 0;
      fast.before = async () => {
        for (let n = pauses[at++ % (pauses.length || 1)] ?? 0; n > 0; n--) await new Promise((r) => setImmediate(r));
      };
      await Promise.all([fast.session.begin(1), slow.session.begin(1)]);
      for (const act of acts) await slow.press(act);
      await fast.press(...acts);
      assert.equal(fast.text, slow.text);
      assert.equal(fast.row, slow.row);
      while (fast.past.length > 0) await fast.press({ kind: 'undo' });
      assert.equal(fast.text, file(rows));
      client.closeDocument(fast.uri);
      client.closeDocument(slow.uri);
    }),
    { numRuns: 60 },
  );
});

test('where rows have several labels, keys add and take away, the row stays, and Enter goes on', async (t) => {
  const client = await openPair(t);
  const folder = '/models/desk';
  client.files.model(folder, labels);
  const config = JSON.parse(new TextDecoder().decode(await client.files.read(`${folder}/config.json`))) as object;
  client.files.set(`${folder}/config.json`, JSON.stringify({ ...config, problem_type: 'multi_label_classification' }));
  const columns = { text: '问题', label: '场景' };
  client.files.set(`${folder}/rowlight.json`, JSON.stringify({ format: 1, columns, maxLength: 16, multiLabel: { delimiter: '|' } })); // prettier-ignore
  client.files.set('/data/labels.json', JSON.stringify({ labels: labels.map((name) => ({ name })) }));
  client.host.labels = labels;
  client.host.script = (text) => ({ label: text === 'bb' ? '甲' : '甲|丙', probability: 0.9 });
  const paper = new Paper(client, uri, file([['', 'a'], ['', 'bb'], ['', 'ccc'], ['乙', 'd'], ['', 'e']])); // prettier-ignore
  await client.until(() => client.status?.files[uri]?.kind === 'predicting');
  const given = () => paper.session.state.row?.several?.given;
  const accept: SessionAct = { kind: 'accept' };
  await paper.session.begin(1);
  assert.deepEqual(given(), []);

  // Keys toggle, the row stays; what was chosen by hand is not overwritten by Enter.
  await paper.press(key('3'), key('2'));
  assert.deepEqual([paper.row, given()], [1, ['乙', '丙']]);
  await paper.press(key('3'));
  assert.deepEqual([paper.row, given()], [1, ['乙']]);
  await paper.press(accept);
  assert.deepEqual([paper.row, given()], [2, []]);

  // A predicted set of one label is the whole cell; one of two is joined.
  await paper.press(accept, accept);
  assert.equal(paper.text, file([['乙', 'a'], ['甲', 'bb'], ['甲|丙', 'ccc'], ['乙', 'd'], ['', 'e']])); // prettier-ignore
  assert.equal(paper.row, 5, 'rows that have labels are passed');

  // The last label taken away leaves a row that has none; Backspace leaves one without a label.
  await paper.press(key('1'), key('1'));
  assert.equal(paper.text.split('\n')[5], '|\te');
  await paper.press({ kind: 'clear' });
  assert.equal(paper.text.split('\n')[5], '\te');
  assert.deepEqual(paper.notes, []);
  assert.equal(paper.past.length, 8, 'each act is one step of undo');
  await paper.press({ kind: 'undo' });
  assert.equal(paper.text.split('\n')[5], '|\te');
});
