/** bert-as-service's wire protocol, frame by frame; test/parity has its real client. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Push, Subscriber } from 'zeromq';
import { temporaryFolder } from '../../support/tiny-run';
import { PATIENCE_MS } from '../../support/until';
import { type Served, startServer } from './support';

const TEXTS = ['身份证丢了怎么补办', '护照到期了去哪里换', '电动车被偷了'];

interface Wire {
  readonly server: Served;
  readonly push: Push;
  readonly address: (which: 0 | 1) => string;
}

async function start(t: TestContext, ...args: string[]): Promise<Wire> {
  const server = await startServer(t, 'models/zh-mini', '--zmq', '--zmq-ports', '0,0', ...args);
  const [, ...ports] = /ZeroMQ on ports (\d+) and (\d+) of/.exec(server.stderr())!;
  const address = (which: 0 | 1): string => `tcp://127.0.0.1:${ports[which]}`;
  const push = new Push({ linger: 0 });
  t.after(() => push.close());
  push.connect(address(0));
  return { server, push, address };
}

function subscribe(t: TestContext, { address }: Wire, name: string): Subscriber {
  const socket = new Subscriber({ linger: 0, receiveTimeout: PATIENCE_MS });
  t.after(() => socket.close());
  socket.subscribe(name);
  socket.connect(address(1));
  return socket;
}

/** Numbers of an answer with vectors. */
function vectorsOf([client, info, values, id]: Buffer[]) {
  const { dtype, shape, error } = JSON.parse(info!.toString()) as { dtype: string; shape: number[]; error?: string };
  return {
    client: client!.toString(),
    id: id?.toString(),
    dtype,
    shape,
    error,
    values: new Float32Array(new Uint8Array(values!).buffer),
  };
}

test('vectors are those of HTTP, whether a client subscribes before it asks or after', async (t) => {
  const wire = await start(t);
  const { result } = (await wire.server.post('/encode', { texts: TEXTS })).json() as { result: number[][] };
  const early = subscribe(t, wire, 'early');
  await wire.push.send(['early', JSON.stringify(TEXTS), '1', '3']);
  // This one asks long before it listens: its answer is ready and waits for it.
  await wire.push.send(['later', JSON.stringify(TEXTS), '2', '3']);
  for (const [name, id] of [
    ['early', '1'],
    ['later', '2'],
  ] as const) {
    const socket = name === 'early' ? early : subscribe(t, wire, name);
    const answer = vectorsOf(await socket.receive());
    assert.deepEqual([answer.client, answer.id, answer.dtype], [name, id, 'float32']);
    assert.deepEqual(answer.shape, [3, result[0]!.length]);
    assert.ok(answer.values.every((value, i) => Math.abs(value - result.flat()[i]!) < 1e-4));
  }
});

test('without pooling short texts are filled up with zeros', async (t) => {
  const wire = await start(t, '--pooling', 'none');
  const socket = subscribe(t, wire, 'me');
  await wire.push.send(['me', JSON.stringify(['身份证', '证']), '1', '2']);
  const { shape, values } = vectorsOf(await socket.receive());
  assert.deepEqual(shape.slice(0, 2), [2, 5]);
  const width = shape[2]!;
  const second = values.subarray(5 * width);
  assert.ok(second.subarray(0, 3 * width).some((value) => value !== 0));
  assert.ok(second.subarray(3 * width).every((value) => value === 0));
});

test('many at a time, nonsense between them; what is refused is answered, and nobody stops the server', async (t) => {
  const wire = await start(t);
  const socket = subscribe(t, wire, 'me');
  const nonsense: (readonly (string | Buffer)[])[] = [
    ['me'],
    ['me', '["a"]', 'x', '1'],
    ['', '["a"]', '1', '1'],
    ['me', 'TERMINATION', '', ''],
    [Buffer.alloc(5000), '["a"]', '1', '1'],
  ];
  const refused = ['[]', '[""]', '[1]', '{}', '[["a"]]', '["a"', Buffer.from([0xff, 0xfe]), 'TERMINATION'];
  const count = 40;
  for (let i = 0; i < count; i++) {
    await wire.push.send(nonsense[i % nonsense.length]! as (string | Buffer)[]);
    await wire.push.send(['me', i < refused.length ? refused[i]! : JSON.stringify([TEXTS[i % 3]]), String(i), '1']);
  }
  const seen = new Set<number>();
  while (seen.size < count) {
    const answer = vectorsOf(await socket.receive());
    const id = Number(answer.id);
    seen.add(id);
    assert.equal(id < refused.length, answer.error !== undefined, `${id}: ${answer.error ?? ''}`);
    if (answer.error !== undefined) assert.match(answer.dtype, /^rowlight: [^,\n]+$/);
  }
  assert.deepEqual([...seen].sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i)); // prettier-ignore
  wire.server.child.kill('SIGTERM');
  const { code, stderr } = await wire.server.ended;
  if (process.platform !== 'win32') assert.equal(code, 0);
  assert.doesNotMatch(stderr, /Warning|Error/);
});

test('the description that a client reads first', async (t) => {
  const wire = await start(t);
  const socket = subscribe(t, wire, 'me');
  await wire.push.send(['me', 'SHOW_CONFIG', '1', '0']);
  const [client, body, id] = await socket.receive();
  assert.deepEqual([client!.toString(), id!.toString()], ['me', '1']);
  const said = JSON.parse(body!.toString()) as Record<string, unknown>;
  assert.deepEqual(
    [said.server_version, said.show_tokens_to_client, said.pooling_strategy],
    ['1.10.0', false, 'REDUCE_MEAN'],
  );
});

test('refused in one line: another host, a taken port, a Rowlight beside which there is no such package', async (t) => {
  const folder = temporaryFolder(t);
  copyFileSync('dist/cli.cjs', join(folder, 'cli.cjs'));
  const run = (file: string, ...args: string[]): Promise<{ code: unknown; stderr: string }> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        [file, 'serve', resolve('models/zh-mini'), '--port', '0', ...args],
        (error, _, stderr) => done({ code: error?.code, stderr }),
      );
    });
  const key = join(folder, 'key');
  writeFileSync(key, 'k'.repeat(20));
  const other = await run('dist/cli.cjs', '--zmq', '--host', '0.0.0.0', '--api-key-file', key);
  assert.match(other.stderr, /^rowlight: --zmq answers this machine alone.*\n$/);
  const none = await run(join(folder, 'cli.cjs'), '--zmq');
  assert.match(none.stderr, /^rowlight: --zmq: the package zeromq is not installed; npm install zeromq.*\n$/);
  const wire = await start(t);
  const port = new URL(wire.address(0)).port;
  const taken = await run('dist/cli.cjs', '--zmq', '--zmq-ports', `${port},0`);
  assert.match(taken.stderr, new RegExp(`^rowlight: port ${port} is in use; choose others with --zmq-ports\n$`));
});
