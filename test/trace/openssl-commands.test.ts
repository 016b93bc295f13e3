import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { classify, failureKeys, failureTable } from '../../service/trace/index.ts';
import { listenEngine } from '../support/engine-socket.ts';
import { required } from '../support/required.ts';
import { serverConfig, world } from '../tls/pki.ts';

/* The commands of docs/failures.md are run as they stand there, against the engine as port 10000 configures it. */

const openssl = required.tool('openssl');
const folder = mkdtempSync(join(tmpdir(), 'pinata-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

const commandsOf = (pattern: RegExp) =>
  failureKeys.flatMap((key) => {
    const [, command] = pattern.exec(failureTable[key].provoke ?? '') ?? [];
    return command === undefined ? [] : [{ key, command }];
  });

/** Without files of the reader's own; a probe is one by what the bounty makes of it, not the engine. */
const connecting = commandsOf(/`(openssl s_client -connect HOST:10000[^`]*)`/).filter(
  ({ key, command }) => key !== 'probe' && !command.includes('leaf.pem'),
);
const forging = commandsOf(/`(openssl req [^`]*)`/);

const shell = (command: string): Promise<void> =>
  new Promise((resolve) => {
    // openssl says by its status that the handshake failed: what matters is what our end saw.
    execFile('/bin/sh', ['-c', `exec ${command} </dev/null`], { cwd: folder, timeout: 60_000 }, () => resolve());
  });

async function categoryOf(command: string): Promise<string> {
  const { port, next } = await listenEngine(serverConfig(world()));
  const [engine] = await Promise.all([next(), shell(command.replace('HOST:10000', `127.0.0.1:${port}`))]);
  await engine.ended();
  return classify(engine.events).key;
}

describe.skipIf(openssl.missing)('the commands of docs/failures.md', () => {
  test('are there', () => {
    expect(connecting.length).toBeGreaterThanOrEqual(6);
    expect(forging.length).toBeGreaterThanOrEqual(2);
  });

  test.each(connecting)('$key: $command', async ({ key, command }) => {
    expect(await categoryOf(command)).toBe(key);
  });

  test.each(forging)('$key: $command', async ({ key, command }) => {
    await shell(`${command} -keyout ${key}.key -out ${key}.pem`);
    expect(
      await categoryOf(
        `openssl s_client -connect HOST:10000 -cert ${key}.pem -key ${key}.key -cipher DEFAULT@SECLEVEL=0`,
      ),
    ).toBe(key);
  });
});
