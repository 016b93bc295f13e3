import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = (file: string, ...words: readonly string[]) =>
  spawnSync(process.execPath, [join(root, file), ...words], { cwd: root, encoding: 'utf8' });

/* What a person asks first of a command is what it would do: nothing is installed, booted or built for that. */
test.each([
  ['test/host-image/main.ts', 'npm run test:host', '--sample'],
  ['test/image/main.ts', 'npm run test:image', '--kernel'],
  ['test/cloud/main.ts', 'npm run test:cloud', '--install'],
  ['test/cloud/story-main.ts', 'npm run test:story', '--sample'],
  ['test/vps/main.ts', 'npm run test:pulumi', '--if-built'],
  ['test/package/main.ts', 'npm run test:package', ''],
  ['test/fuzz/main.ts', 'npm run fuzz', '--seconds'],
])('%s says how it is used, and what it does not understand', (file, command, option) => {
  const asked = run(file, '--help');
  expect(asked).toMatchObject({ status: 0, stderr: '' });
  expect(asked.stdout.startsWith(command)).toBe(true);
  expect(asked.stdout).toContain(option);
  const misused = run(file, '--no-such');
  expect(misused).toMatchObject({ status: 2, stdout: '' });
  expect(misused.stderr).toMatch(new RegExp(`^${command}: .*--no-such`));
});

test.each([
  ['test/image/kernel-twice.ts', 'npm run test:kernel'],
  ['test/vectors/verify.ts', 'npm run vectors'],
  ['test/fuzz/hostile.ts', 'npm run hostile'],
  ['infra/image/build-kernel.ts', 'npm run build:kernel'],
])('%s says how it is used', (file, command) => {
  expect(run(file, '--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(new RegExp(`^${command}`)) });
  expect(run(file, '--no-such')).toMatchObject({ status: 2 });
});

test('the fuzzer names its targets, and what is no number', () => {
  expect(run('test/fuzz/main.ts', '--target', 'x').stderr).toMatch(/no target is called "x"; there are \w+/);
  expect(run('test/fuzz/main.ts', '--seconds', 'soon')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--seconds is a whole number, and not "soon"/),
  });
});
