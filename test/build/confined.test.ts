import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { confined } from '../../infra/build/confined.ts';
import { noSandbox } from '../sandbox/confined.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pinata-confined-')));
afterAll(() => rmSync(folder, { recursive: true }));
const made = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'file'), name);
  return path;
};
const [writable, readable, home] = [made('writable'), made('readable'), made('home')];

/** What a build would try; prints `name: code` a line. */
const attempts = (port: number) => `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { connect } from 'node:net';
  const tried = async (name, act) => {
    const code = await Promise.resolve().then(act).then(() => 'DONE', (error) => error.code);
    console.log(name + ': ' + code);
  };
  await tried('connecting', () => new Promise((resolve, reject) =>
    connect(${port}, '127.0.0.1').once('connect', resolve).once('error', reject)));
  await tried('reading its input', () => readFileSync(${JSON.stringify(join(readable, 'file'))}));
  await tried('writing its output', () => writeFileSync(${JSON.stringify(join(writable, 'made'))}, 'made'));
  await tried('writing its input', () => writeFileSync(${JSON.stringify(join(readable, 'file'))}, 'made'));
  await tried('reading a home', () => readFileSync(${JSON.stringify(join(home, 'file'))}));
  await tried('reading what else is in /tmp', () => readFileSync(${JSON.stringify(join(folder, 'else'))}));
  await tried('writing the system', () => writeFileSync('/etc/made', 'made'));
`;

test.skipIf(noSandbox)('a program reaches no network, no home, and writes where it is to', async () => {
  vi.stubEnv('HOME', home);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  writeFileSync(join(folder, 'else'), 'somebody’s');
  const words = [process.execPath, '--input-type=module', '--eval', attempts(port)];
  const confinement = confined(words, { writes: [writable], reads: [readable, process.execPath] });
  if ('unconfined' in confinement) throw new Error(confinement.unconfined);
  const [program = '', ...rest] = confinement.words;
  const out = execFileSync(program, rest, { encoding: 'utf8', cwd: writable });
  server.close();
  vi.unstubAllEnvs();
  expect(out.trim().split('\n')).toEqual([
    'connecting: ECONNREFUSED',
    'reading its input: DONE',
    'writing its output: DONE',
    'writing its input: EROFS',
    'reading a home: ENOENT',
    'reading what else is in /tmp: ENOENT',
    'writing the system: EROFS',
  ]);
  expect(readFileSync(join(writable, 'made'), 'utf8')).toBe('made');
});

test('where there is no bwrap it says so', () => {
  vi.stubEnv('PATH', folder);
  const confinement = confined(['/bin/true'], { writes: [], reads: [] });
  vi.unstubAllEnvs();
  expect(confinement).toEqual({ unconfined: expect.stringContaining('there is no bwrap here') });
});
