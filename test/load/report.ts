import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { writeBetweenMarkers } from '../../bench/between-markers.ts';
import { curves } from './curves.ts';
import type { Result } from './run-scenario.ts';

/* What docs/load.md shows of the runs: a table, and for each what was refused and its curves. */

const docs = resolve(import.meta.dirname, '../../docs');
const resultsFile = join(import.meta.dirname, 'results.json');

export function show(result: Result, say: (line: string) => void): void {
  for (const line of [sentence(result), ...result.faults.map((fault) => `FAULT ${fault}`)]) say(`  ${line}`);
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const milliseconds = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(0)} ms`);

function sentence({
  during,
  recoverySeconds,
  heldBefore,
  heldAfter,
  tracesAfter,
  peakMebibytes,
  samples,
  attacked,
}: Result): string {
  const within = samples.filter(({ seconds }) => seconds >= attacked[0] && seconds <= attacked[1]);
  const cpu = within.reduce((sum, one) => sum + one.cpu, 0) / Math.max(1, within.length);
  const recovered = recoverySeconds === null ? 'not in a minute' : `${recoverySeconds.toFixed(1)} s`;
  return [
    `honest ${percent(during.success)} of ${during.visits}`,
    `page ${milliseconds(during.pageMedian)}, p99 ${milliseconds(during.pageP99)}`,
    `CPU ${Math.round(100 * cpu)} %`,
    `peak ${Math.round(peakMebibytes)} MiB`,
    `held ${heldBefore.toFixed(1)} to ${heldAfter.toFixed(1)} MiB, ${tracesAfter.toFixed(1)} of traces`,
    `recovered in ${recovered}`,
  ].join('; ');
}

/** Puts these in place of those of the same names, and writes the document anew. */
export function publish(results: readonly Result[]): void {
  const { runs } = published();
  const kept = runs.filter(({ name }) => results.every((result) => result.name !== name));
  const all = [...kept, ...results].map(thinned);
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  const measured = new Date().toISOString().slice(0, 10);
  writeFileSync(resultsFile, `${JSON.stringify({ measured, machine, runs: all }, null, 1)}\n`);
  mkdirSync(join(docs, 'load'), { recursive: true });
  for (const result of all) writeFileSync(join(docs, 'load', `${result.name}.svg`), curves(result));
  const text = `${table(all)}\n\n${machine}; ${measured}.\n\n${all.map(chapter).join('\n\n')}`;
  writeBetweenMarkers(new URL(`file://${join(docs, 'load.md')}`), 'load', text);
}

function published(): { readonly runs: readonly Result[] } {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8'));
  } catch {
    return { runs: [] };
  }
}

/** As many points as a plot can show. */
function thinned(result: Result): Result {
  const every = Math.ceil(result.samples.length / 300);
  const round = (value: number): number => Math.round(value * 100) / 100;
  const samples = result.samples
    .filter((_, i) => i % every === 0)
    .map(({ seconds, residentMebibytes, cpu }) => ({
      seconds: round(seconds),
      residentMebibytes: round(residentMebibytes),
      cpu: round(cpu),
    }));
  return { ...result, samples };
}

function table(results: readonly Result[]): string {
  const head =
    '| run | honest visits that went well | page meanwhile: median, p99 | peak of memory | held before, after | back to normal |';
  const rows = results.map(({ name, title, during, peakMebibytes, heldBefore, heldAfter, recoverySeconds }) => {
    const pages = `${milliseconds(during.pageMedian)}, ${milliseconds(during.pageP99)}`;
    const held = `${heldBefore.toFixed(1)}, ${heldAfter.toFixed(1)} MiB`;
    const back = recoverySeconds === null ? 'not in a minute' : `${recoverySeconds.toFixed(1)} s`;
    return `| [${title}](#${name}) | ${percent(during.success)} of ${during.visits} | ${pages} | ${Math.round(peakMebibytes)} MiB | ${held} | ${back} |`;
  });
  return [head, '|---|---|---|---|---|---|', ...rows].join('\n');
}

function chapter(result: Result): string {
  const { name, title, categories, attackers, excuse, faults, during } = result;
  const ended = Object.entries(categories).slice(0, 6);
  const came = Object.entries(attackers).map(
    ([attack, { opened, refused, reset }]) =>
      `${attack}: ${opened} connections, ${refused} not let in by the kernel, ${reset} reset`,
  );
  const lost = Object.entries(during.failures).map(([failure, count]) => `${count} × ${failure}`);
  return [
    `### ${name}`,
    `${title[0]?.toUpperCase()}${title.slice(1)}, for ${result.seconds} s. ${came.join('; ')}`.trim(),
    ended.length === 0
      ? ''
      : `How they ended, honest visits among them: ${ended.map(([key, count]) => `${count} × \`${key}\``).join(', ')}.`,
    lost.length === 0 ? '' : `Honest visits that went wrong: ${lost.join('; ')}.`,
    excuse === null ? '' : `Why: ${excuse}.`,
    faults.length === 0 ? '' : `**Not as it should be:** ${faults.join('; ')}.`,
    `![Memory and CPU over the run](load/${name}.svg)`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}
