/** The real client of bert-as-service, unchanged, at `rowlight serve --zmq`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../server/serve/support';

const python = process.env['ROWLIGHT_PARITY_PYTHON'];
const skip = python ? false : 'run: npm run test:parity';

const TEXTS = ['身份证丢了怎么补办', '护照', '电动车被偷了，去哪里报案？', 'Ünknown words 2026'];

interface Answer {
  vectors: number[][];
  later: number[][];
  many: number[][];
  dtype: string;
  errors: string[];
  version: string;
  max_seq_len: number;
}

test('BertClient encodes, at once and later, and says what was refused', { skip }, async (t) => {
  const server = await startServer(t, 'models/zh-mini', '--zmq', '--zmq-ports', '0,0');
  const [, ...ports] = /ZeroMQ on ports (\d+) and (\d+) of/.exec(server.stderr())!;
  const { result } = (await server.post('/encode', { texts: TEXTS })).json() as { result: number[][] };
  const answer = await new Promise<Answer>((resolve, reject) => {
    const child = spawn(python!, [join('scripts', 'golden', 'bert_client.py'), ...ports], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(said) as Answer) : reject(new Error(`it ended with code ${code}`)),
    );
    child.stdin.end(JSON.stringify(TEXTS));
  });
  for (const vectors of [answer.vectors, answer.later, answer.many]) {
    assert.equal(vectors.length, TEXTS.length);
    assert.ok(vectors.flat().every((value, i) => Math.abs(value - result.flat()[i]!) < 1e-4));
  }
  assert.equal(answer.dtype, 'float32');
  assert.equal(answer.version, '1.10.0');
  assert.ok(answer.max_seq_len > 0);
  assert.deepEqual(answer.errors, [
    "data type 'rowlight: texts that are tokenized already are not served' not understood",
    "data type 'rowlight: texts.0: longer than 100000 characters' not understood",
  ]);
});
