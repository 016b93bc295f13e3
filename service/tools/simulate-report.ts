import { failureTable } from '../trace/index.ts';
import type { Outcome } from './simulate-count.ts';
import { connectionsOf } from './simulate-crowd.ts';
import type { Attendance } from './simulate-run.ts';
import { simulateTable } from './simulate-table.ts';

/* What is said at the end: to a person a table and a verdict, to a program the counts. */

export function reportText(
  planned: number,
  { visits, cut, failures, stumbles, seconds }: Attendance,
  outcome: Outcome,
): string {
  const made = visits.reduce((sum, { kind }) => sum + connectionsOf(kind), 0);
  const early = visits.length < planned ? `, of ${planned} that were to come` : '';
  const agree = outcome.differences.length === 0;
  return [
    '',
    ...simulateTable(outcome),
    '',
    `  ${visits.length} visits${early}, ${made} connections in ${seconds.toFixed(1)} s; the piñata has seen ${outcome.visitors} network prefixes`,
    ...(cut === 0 ? [] : [`  ${cut} connections were cut off: they may be in any row, and are expected in none`]),
    ...[...failures].map(([reason, count]) => `  ${count} could not come: ${reason}`),
    ...(agree ? [] : [...stumbles].map(([name, reason]) => `  surprised: ${name}: ${reason}`)),
    agree
      ? '  every visitor was counted as what they were (website.page may have more: what this asked the page itself)'
      : `  NOT COUNTED AS WHAT THEY WERE: ${outcome.differences.join('; ')}`,
    '',
  ].join('\n');
}

export const reportJson = (seed: string, planned: number, attendance: Attendance, outcome: Outcome): string =>
  JSON.stringify(
    {
      seed,
      visits: { planned, made: attendance.visits.length },
      cutConnections: attendance.cut,
      failures: Object.fromEntries(attendance.failures),
      surprises: Object.fromEntries(attendance.stumbles),
      seconds: Number(attendance.seconds.toFixed(1)),
      prefixes: outcome.visitors,
      byCategory: Object.fromEntries(
        outcome.rows
          .filter(
            ({ key, expected, counted }) => expected > 0 || counted > 0 || failureTable[key].article !== undefined,
          )
          .map(({ key, expected, counted }) => [key, { expected, counted, article: failureTable[key].article?.count }]),
      ),
      byKind: countsByKind(attendance),
      differences: outcome.differences,
    },
    undefined,
    2,
  );

function countsByKind({ visits }: Attendance): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { kind } of visits) counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
