import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancellationToken, CancellationTokenSource, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { RowlightError } from '../../../src/server/errors';
import type { Log } from '../../../src/server/env';
import { ContentModified, handler, type Call } from '../../../src/server/lsp/handler';

/** A log that keeps `level: message`. */
function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { log: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }, lines };
}

/** Runs a handler once: its result or the code of its error, and what was logged. */
async function outcome(
  run: (call: Call) => Promise<string> | string,
  token: CancellationToken = CancellationToken.None,
  failures?: 'answered',
): Promise<{ result: unknown; lines: string[] }> {
  const { log, lines } = keptLog();
  const answer = await handler<null, string>(log, 'thing', 'empty', (_, call) => run(call), failures)(null, token);
  return { result: answer instanceof ResponseError ? answer.code : answer, lines };
}

const fail = (error: Error) => (): string => {
  throw error;
};

test('a result is passed on', async () => {
  assert.deepEqual(await outcome(() => 'result'), { result: 'result', lines: [] });
});

test('a request cancelled before it began is not begun; one cancelled on the way answers so and its signal aborts', async () => {
  const source = new CancellationTokenSource();
  source.cancel();
  const before = await outcome(fail(new Error('begun')), source.token);
  assert.deepEqual(before, { result: LSPErrorCodes.RequestCancelled, lines: [] });
  const later = new CancellationTokenSource();
  const during = await outcome(({ signal }) => {
    later.cancel();
    assert.equal(signal.aborted, true);
    throw new RowlightError('cancelled', 'Cancelled.');
  }, later.token);
  assert.deepEqual(during, { result: LSPErrorCodes.RequestCancelled, lines: [] });
});

test('failures: stale content, cancelled by the server, expected, unexpected', async () => {
  assert.equal((await outcome(fail(new ContentModified()))).result, LSPErrorCodes.ContentModified);
  assert.equal((await outcome(fail(new RowlightError('cancelled', 'x')))).result, LSPErrorCodes.ServerCancelled);
  const expected = await outcome(fail(new RowlightError('bad-data', 'a.tsv:3: ragged')));
  assert.deepEqual(expected, { result: 'empty', lines: ['warn: thing: a.tsv:3: ragged'] });
  assert.deepEqual(await outcome(fail(new TypeError('bug'))), { result: 'empty', lines: ['error: thing failed'] });
});

test('the failure of a command is its answer', async () => {
  const expected = await outcome(fail(new RowlightError('busy', 'x')), CancellationToken.None, 'answered');
  assert.equal(expected.result, LSPErrorCodes.RequestFailed);
  const unexpected = await outcome(fail(new TypeError('bug')), CancellationToken.None, 'answered');
  assert.deepEqual(unexpected, { result: LSPErrorCodes.RequestFailed, lines: ['error: thing failed'] });
});
