import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { required } from '../support/required.ts';
import { cloudScript, hasCloud, howToGetCloud } from './venv.ts';

const cfnLint = required.obtainable('cfn-lint', hasCloud(), howToGetCloud);

describe.skipIf(cfnLint.missing)('cfn-lint', () => {
  test.each(['status.json', 'status-of-a-domain.json', 'host.json'])('has nothing to say of %s', (name) => {
    const [python, script] = cloudScript('cfn-lint');
    const { status, stdout, stderr } = spawnSync(python, [script, join(import.meta.dirname, '../cdk', name)], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
