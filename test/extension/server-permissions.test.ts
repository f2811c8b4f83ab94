/** Consent and keys of servers: asked once, remembered, taken back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerPermissions } from '../../src/extension/server-permissions';

/** The editor's storage in memory, as it is kept from one window to the next. */
function storage() {
  const state = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  return {
    state,
    secrets,
    store: {
      state: {
        get: (name: string) => state.get(name),
        update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
      },
      secrets: {
        get: (name: string) => Promise.resolve(secrets.get(name)),
        store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)),
        delete: (name: string) => Promise.resolve(void secrets.delete(name)),
      },
    },
  };
}

function opened({ store }: ReturnType<typeof storage>) {
  const asked: string[] = [];
  const answers: ((allow: boolean) => void)[] = [];
  let changes = 0;
  const permissions = new ServerPermissions(
    store as ConstructorParameters<typeof ServerPermissions>[0],
    (root) => {
      asked.push(root);
      return new Promise((resolve) => answers.push(resolve));
    },
    () => void changes++,
  );
  const answer = async (allow: boolean): Promise<void> => {
    answers.shift()?.(allow);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { permissions, asked, answer, changes: () => changes };
}

const root = 'http://gpu-box:8125';

test('no until the user says yes; asked once for an address, and remembered by the next window', async () => {
  const kept = storage();
  const { permissions, asked, answer, changes } = opened(kept);
  assert.deepEqual(await permissions.of(root), { allowed: false });
  assert.deepEqual(await permissions.of(root), { allowed: false });
  assert.deepEqual(asked, [root], 'one question, although it was wanted twice');
  assert.equal(changes(), 0);
  await answer(true);
  assert.equal(changes(), 1);
  assert.deepEqual(await permissions.of(root), { allowed: true });
  const later = opened(kept);
  assert.deepEqual(await later.permissions.of(root), { allowed: true });
  assert.deepEqual(await later.permissions.of('http://gpu-box:9000'), { allowed: false });
  assert.deepEqual(later.asked, ['http://gpu-box:9000'], 'another address is another question');
});

test('"Not now" holds for the window, until the user wants to be asked', async () => {
  const kept = storage();
  const { permissions, asked, answer } = opened(kept);
  await permissions.of(root);
  await answer(false);
  assert.deepEqual(await permissions.of(root), { allowed: false });
  assert.equal(asked.length, 1);
  permissions.askAgain();
  await permissions.of(root);
  assert.equal(asked.length, 2);
  assert.deepEqual([...kept.state.values()], [], 'nothing was remembered');
});

test('the key lies in the secret storage alone, and goes only with consent', async () => {
  const kept = storage();
  const { permissions, answer } = opened(kept);
  await permissions.setKey(root, 'a-secret-key');
  assert.deepEqual(await permissions.of(root), { allowed: false }, 'no key before consent');
  await answer(true);
  assert.deepEqual(await permissions.of(root), { allowed: true, key: 'a-secret-key' });
  assert.doesNotMatch(JSON.stringify([...kept.state]), /secret/);
});

test('forgetting takes back consent and key, of one address or of all, and does not ask by itself', async () => {
  const kept = storage();
  const { permissions, asked, answer, changes } = opened(kept);
  for (const one of [root, 'https://other']) {
    await permissions.of(one);
    await answer(true);
    await permissions.setKey(one, 'a-secret-key');
  }
  const before = changes();
  assert.deepEqual(await permissions.forget(root), [root]);
  assert.equal(changes(), before + 1);
  assert.deepEqual(await permissions.of(root), { allowed: false });
  assert.deepEqual(await permissions.of('https://other'), { allowed: true, key: 'a-secret-key' });
  assert.deepEqual(await permissions.forget(), ['https://other']);
  assert.equal(kept.secrets.size, 0);
  assert.equal(asked.length, 2);
});
