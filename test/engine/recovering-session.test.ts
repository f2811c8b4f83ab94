import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceFailure } from '../../src/server/errors';
import {
  RETRY_MS,
  type RunningSession,
  createRecoveringSession,
} from '../../src/server/engine/onnx/recovering-session';

/** Sessions that say on what they run; a device can be broken and mended. No driver can be made to lose its device here. */
function sessions() {
  const state = { broken: false, time: 0, alive: 0, lines: [] as string[] };
  const make = (onDevice: boolean): Promise<RunningSession> => {
    const fails = () => onDevice && state.broken;
    if (fails()) return Promise.reject(new DeviceFailure(new Error('no supported adapters')));
    state.alive++;
    return Promise.resolve({
      run: () =>
        fails()
          ? Promise.reject(new DeviceFailure(new Error('WebGPU device lost (2): reset\nstack')))
          : Promise.resolve({ on: (onDevice ? 'device' : 'cpu') as never }),
      release: () => (state.alive--, Promise.resolve()),
    });
  };
  const world = { device: 'webgpu', warn: (line: string) => void state.lines.push(line), now: () => state.time };
  return { state, make, create: () => createRecoveringSession(make, world) };
}

test('a device that is lost in mid-run leaves the work to the CPU, and gets it back once it works', async () => {
  const { state, create } = sessions();
  const session = await create();
  const on = async () => (await session.run({}, {})).on as unknown as string;
  assert.equal(await on(), 'device');
  state.broken = true;
  assert.equal(await on(), 'cpu');
  assert.deepEqual(state.lines, [
    'webgpu failed (WebGPU device lost (2): reset): the CPU computes until it works again',
  ]);
  // Not before its time, and not while it is broken.
  state.broken = false;
  assert.equal(await on(), 'cpu');
  state.broken = true;
  state.time = RETRY_MS;
  assert.equal(await on(), 'cpu');
  state.broken = false;
  state.time = 2 * RETRY_MS - 1;
  assert.equal(await on(), 'cpu');
  state.time = 2 * RETRY_MS;
  assert.equal(await on(), 'device');
  assert.deepEqual(state.lines.slice(1), ['webgpu works again']);
  assert.equal(state.alive, 1, 'one session at a time');
  await session.release();
  assert.equal(state.alive, 0);
});

test('a device that is not there from the start leaves the work to the CPU', async () => {
  const { state, create } = sessions();
  state.broken = true;
  const session = await create();
  assert.equal((await session.run({}, {})).on as unknown as string, 'cpu');
  assert.deepEqual(state.lines, ['webgpu failed (no supported adapters): the CPU computes until it works again']);
});

test('what is no failure of the device is thrown', async () => {
  const make = (): Promise<RunningSession> =>
    Promise.resolve({ run: () => Promise.reject(new RangeError('a wrong input')), release: () => Promise.resolve() });
  const session = await createRecoveringSession(make, { device: 'webgpu', warn: assert.fail, now: () => 0 });
  await assert.rejects(session.run({}, {}), /a wrong input/);
});
