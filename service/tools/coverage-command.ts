import { writeFileSync } from 'node:fs';
import { coverageOf } from './coverage.ts';
import { parseCoverageOptions } from './coverage-options.ts';
import { coverageCurve, coverageTable } from './coverage-picture.ts';
import { ProgressLine } from './progress-bar.ts';

const [FAILED, MISUSED] = [1, 2];

/** `btc-pinata trace coverage`: the exit status is that of its usage text. */
export async function coverageCommand(argv: readonly string[]): Promise<number> {
  const options = parseCoverageOptions(argv);
  if ('misuse' in options) {
    console.error(`btc-pinata trace coverage: ${options.misuse}\n\`btc-pinata trace coverage --help\` says more.`);
    return MISUSED;
  }
  const bar = new ProgressLine(process.stderr);
  try {
    const coverage = await coverageOf(options.file, (done, attempts) => bar.show(done, `${attempts} attempts`));
    bar.end();
    if (options.svg !== undefined) writeFileSync(options.svg, coverageCurve(coverage));
    process.stdout.write(`${options.json ? JSON.stringify(coverage) : coverageTable(coverage).join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    console.error(`btc-pinata trace coverage: ${error.message}`);
    return FAILED;
  }
}
