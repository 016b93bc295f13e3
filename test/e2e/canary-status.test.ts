import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createBase58check } from '@scure/base';
import { expect, onTestFinished, test } from 'vitest';
import { anyPorts, Program } from '../host/program.ts';
import { Polled, settingsWith, textOf } from '../status/polled.ts';
import { formsOfKey } from '../support/forms-of-a-key.ts';
import { relayed } from '../support/relayed.ts';
import { released } from './released.ts';

/*
 * The canary of canary.test.ts, as far as the status page: a poller watches a piñata whose key is known and was won, and no
 * object of its store, private or public, has the key in any form.
 */

test('the key is in no object that a poller writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-canary-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const scalar = secp256k1.utils.randomSecretKey();
  const wif = createBase58check(sha256).encode(Uint8Array.of(0xef, ...scalar, 1));
  writeFileSync(join(folder, 'key'), `${wif}\n`, { mode: 0o600 });
  const credentials = join(folder, 'credentials');
  const program = new Program([
    ...['--json', ...anyPorts, '--key-file', join(folder, 'key'), '--data', join(folder, 'data')],
    ...['--test-credentials', credentials],
  ]);
  onTestFinished(async () => void (await program.stop()));
  const { ports } = await program.ready();
  const { http = 0, https = 0, server = 0, dialback = 0, reverse = 0 } = ports;
  const payload = await released(server, credentials);
  expect(payload).toContain(`wif: ${wif}\n`);
  // The day is told to be over, so that its traces are archived, those of the release among them.
  const closing = await relayed(http, (path, text) =>
    path === '/days.json' ? text.replace(/"closed": ?false/, '"closed": true') : text,
  );
  const polled = new Polled(settingsWith({ ports: { http: closing, https, server, dialback, reverse } }));
  let ahead = 0;
  // What is recorded meanwhile may be between two answers of the page: the next run sees it whole.
  await expect
    .poll(
      async () => {
        ahead += 1;
        await polled.run(ahead);
        const keys = await polled.store.list('public/traces/');
        return (await Promise.all(keys.map((key) => textOf(polled.store, key)))).join('');
      },
      { timeout: 300_000, interval: 1000 },
    )
    .toContain('"test":true');

  const keys = await polled.store.list('');
  for (const prefix of [
    'state/poller.json',
    'public/index.html',
    'public/status.json',
    'public/proofs/',
    'public/traces/',
  ])
    expect(keys.some((key) => key.startsWith(prefix))).toBe(true);
  const heard = await Promise.all(
    keys.map(async (key) => [key, Buffer.from((await polled.store.get(key))?.bytes ?? [])] as const),
  );
  const found = (objects: readonly (readonly [string, Buffer])[]): readonly string[] =>
    formsOfKey(scalar, wif).flatMap(([form, needle]) =>
      objects.filter(([, bytes]) => bytes.includes(needle)).map(([key]) => `${form} in ${key}`),
    );
  expect(found(heard)).toEqual([]);
  // The search knows it where it is.
  expect(found([['the release', Buffer.from(payload)]])).toContain('WIF in the release');
});
