import { writeFileSync } from 'node:fs';
import { DefaultReporter, type TestModule } from 'vitest/node';

/**
 * The default report, then what was skipped for want of a tool or of data and how to get it, then one counted line.
 * That line is the last of the run: `.ci/run` and the people who read its log look for it there.
 */
export class CountingReporter extends DefaultReporter {
  override onTestRunEnd(...run: Parameters<DefaultReporter['onTestRunEnd']>): void {
    super.onTestRunEnd(...run);
    const [modules, unhandled] = run;
    const count = counted(modules, unhandled.length);
    const forbidden = process.env['PINATA_REQUIRE_ALL'] === '1' ? forbiddenIn(modules) : [];
    if (forbidden.length > 0) process.exitCode = 1;
    const failures = process.env['CI_FAILED_FILES'];
    if (failures !== undefined) writeFileSync(failures, failedFiles(modules, unhandled.length));
    this.log([...missingThings(modules), ...forbiddenSkips(forbidden), '', line(count)].join('\n'));
  }
}

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const line = ({ passed, failed, skipped }: Count): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** A file that does not load and an error outside every test count as failures: neither may hide behind tests that passed. */
function counted(modules: readonly TestModule[], unhandledErrors: number): Count {
  const count = { passed: 0, failed: unhandledErrors, skipped: skippedTests(modules).length };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed' || state === 'failed') count[state] += 1;
    }
    const suites = [module, ...module.children.allSuites()];
    count.failed += suites.filter((suite) => suite.errors().length > 0).length;
  }
  return count;
}

/**
 * A line for each file that did not pass, or not all of it: its name, and how many of its tests did. `.ci/run` runs them again; but
 * not where something failed that belongs to no file, as an exception outside of all tests does.
 */
function failedFiles(modules: readonly TestModule[], unhandledErrors: number): string {
  // Its process ended before it did, which is one of those errors each.
  const died = modules.filter((module) => module.state() === 'queued' || module.state() === 'pending');
  if (unhandledErrors > died.length) return 'unhandled';
  return modules
    .filter((module) => !module.ok() || died.includes(module) || forbiddenIn([module]).length > 0)
    .map((module) => `${module.relativeModuleId} ${counted([module], 0).passed}\n`)
    .join('');
}

/** What may be missing one day without anybody's doing takes its file's tests along, and no others. */
const forbiddenIn = (modules: readonly TestModule[]): string[] =>
  skippedTests(modules.filter((module) => module.meta().missing?.some(({ obtainable }) => obtainable) !== true));

/** Those that did not run for whatever reason. */
const skippedTests = (modules: readonly TestModule[]): string[] =>
  modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter((test) => test.result().state === 'skipped' || test.result().state === 'pending')
      .map((test) => `${module.relativeModuleId} > ${test.fullName}`),
  );

function missingThings(modules: readonly TestModule[]): string[] {
  const missing = new Map<string, { how: string; files: string[] }>();
  for (const module of modules) {
    for (const { name, how } of module.meta().missing ?? []) {
      const entry = missing.get(name) ?? { how, files: [] };
      if (!entry.files.includes(module.relativeModuleId)) entry.files.push(module.relativeModuleId);
      missing.set(name, entry);
    }
  }
  if (missing.size === 0) return [];
  const lines = [...missing].flatMap(([name, { how, files }]) => [`  ${name}: ${files.join(', ')}`, `    ${how}`]);
  return ['', 'Skipped for want of:', ...lines];
}

/** Whatever did not run there fails the run, with its name: a skip that nobody asked for would pass for a test. */
function forbiddenSkips(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return ['', 'Skipped, and PINATA_REQUIRE_ALL=1 allows no skip:', ...names.map((name) => `  ${name}`)];
}
