import { describe, expect, test } from 'vitest';
import { wantsSandbox } from '../../infra/sandbox/options.ts';

describe('flags of the sandbox', () => {
  test.each([['--jitless'], ['--memory', '512'], ['--program=dist/btc-pinata.cjs'], ['--print', 'manifest']])(
    '%s without --sandbox: what is missing is said',
    (...argv) => {
      const [flag] = argv[0]?.split('=') ?? [];
      expect(wantsSandbox(['--json', ...argv])).toEqual({
        problem: `${flag}: of the sandbox, and --sandbox is not there`,
      });
    },
  );

  test("the service's own want none", () => {
    expect(wantsSandbox(['--json', '--http-port', '0', '--data', 'print'])).toBeUndefined();
  });
});
