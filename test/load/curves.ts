import type { Result } from './run-scenario.ts';

/* Two small plots of one run: resident memory and CPU time over the seconds, with the time of the attack behind them. */

const width = 360;
const height = 90;
const edge = { left: 40, right: 8, top: 14, bottom: 18 } as const;

export function curves(result: Result): string {
  const memory = plot(result, 'resident memory, MiB', (sample) => sample.residentMebibytes, 10);
  const cpu = plot(result, 'CPU, % of one core', (sample) => 100 * sample.cpu, 100);
  const body = `${memory}<g transform="translate(${width} 0)">${cpu}</g>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${height}" font-family="sans-serif" font-size="9">` +
    `<title>Memory and CPU over the run: ${result.title}</title>` +
    `<style>text{fill:#555}path{fill:none;stroke:#b3267a;stroke-width:1.2}.a{fill:#f5c542;opacity:.25}.g{stroke:#999;stroke-width:.5}` +
    `@media(prefers-color-scheme:dark){text{fill:#bbb}path{stroke:#ff7ac0}}</style>${body}</svg>\n`
  );
}

function plot(
  { samples, attacked: [from, to] }: Result,
  title: string,
  of: (sample: Result['samples'][number]) => number,
  step: number,
): string {
  const last = samples.at(-1)?.seconds ?? 1;
  const most = Math.max(step, Math.ceil(Math.max(...samples.map(of)) / step) * step);
  const x = (seconds: number): string => (edge.left + (seconds / last) * (width - edge.left - edge.right)).toFixed(1);
  const y = (value: number): string =>
    (height - edge.bottom - (value / most) * (height - edge.top - edge.bottom)).toFixed(1);
  const line = samples.map((sample, i) => `${i === 0 ? 'M' : 'L'}${x(sample.seconds)} ${y(of(sample))}`).join('');
  const attack = `<rect class="a" x="${x(from)}" y="${edge.top}" width="${(Number(x(to)) - Number(x(from))).toFixed(1)}" height="${height - edge.top - edge.bottom}"/>`;
  const axis = `<line class="g" x1="${edge.left}" x2="${width - edge.right}" y1="${y(0)}" y2="${y(0)}"/>`;
  const words = [
    `<text x="${edge.left}" y="9">${title}</text>`,
    `<text x="${edge.left - 4}" y="${y(most)}" dy="4" text-anchor="end">${most}</text>`,
    `<text x="${edge.left - 4}" y="${y(0)}" text-anchor="end">0</text>`,
    `<text x="${x(last)}" y="${height - 6}" text-anchor="end">${Math.round(last)} s</text>`,
  ];
  return `${attack}${axis}<path d="${line}"/>${words.join('')}`;
}
