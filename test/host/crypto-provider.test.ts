import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, test } from 'vitest';
import { providerFor } from '../../service/host/crypto-provider.ts';

test('what was asked for, where there is a compiler', () => {
  expect(providerFor({ crypto: 'noble' })).toBe('noble');
  expect(providerFor({ crypto: 'fast' })).toBe('fast');
});

test('without a compiler noble, whatever was asked for', () => {
  expect(providerFor({ crypto: 'fast' }, false)).toBe('noble');
  expect(providerFor({ crypto: 'noble' }, false)).toBe('noble');
});

test.each([
  ['with --jitless', ['--jitless'], '', 'noble'],
  ['with --jitless in NODE_OPTIONS', [], '--jitless', 'noble'],
  ['with a compiler', [], '', 'fast'],
])('a process %s', (_, flags, options, expected) => {
  // Types are taken off here: Node does that in WebAssembly, of which there is none there.
  const source = readFileSync(new URL('../../service/host/crypto-provider.ts', import.meta.url), 'utf8');
  const module = Buffer.from(stripTypeScriptTypes(source)).toString('base64');
  const script = `import('data:text/javascript;base64,${module}').then(({ providerFor }) => console.log(providerFor({ crypto: 'fast' })))`;
  const env = { ...process.env, NODE_OPTIONS: options };
  expect(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8', env }).trim()).toBe(expected);
});
