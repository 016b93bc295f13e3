import type { CorpusCoverage } from './coverage.ts';

/** A table of the files, the least exercised first, and what is left of each. */
export function coverageTable({ files, attempts, lines, exercised }: CorpusCoverage): readonly string[] {
  const width = Math.max(...files.map(({ file }) => file.length));
  const rows = files
    .filter((file) => file.lines > 0)
    .toSorted((a, b) => a.exercised / a.lines - b.exercised / b.lines || (a.file < b.file ? -1 : 1));
  return [
    `${'file'.padEnd(width)}  lines  exercised        not exercised`,
    ...rows.map(({ file, lines: all, exercised: some, missed }) =>
      `${file.padEnd(width)}  ${`${all}`.padStart(5)}  ${`${some}`.padStart(5)} ${share(some, all)}  ${stretches(missed)}`.trimEnd(),
    ),
    `${'all'.padEnd(width)}  ${`${lines}`.padStart(5)}  ${`${exercised}`.padStart(5)} ${share(exercised, lines)}  by ${attempts} attempts`,
  ];
}

const share = (some: number, all: number): string => `${((some / Math.max(1, all)) * 100).toFixed(1)} %`.padStart(7);

const MOST_SHOWN = 8;

function stretches(missed: CorpusCoverage['files'][number]['missed']): string {
  const shown = missed.slice(0, MOST_SHOWN).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return [...shown, ...(missed.length > MOST_SHOWN ? [`and ${missed.length - MOST_SHOWN} more`] : [])].join(', ');
}

const size = { width: 720, height: 320, left: 60, right: 20, top: 20, bottom: 40 } as const;

/** The cumulative curve, attempts to the right and lines upwards. */
export function coverageCurve({ curve, attempts, lines }: CorpusCoverage): string {
  const { width, height, left, right, top, bottom } = size;
  const x = (count: number): number => left + ((width - left - right) * count) / Math.max(1, attempts);
  const y = (count: number): number => height - bottom - ((height - top - bottom) * count) / Math.max(1, lines);
  const points = [{ attempts: 0, exercised: 0 }, ...curve].map(
    (at) => `${x(at.attempts).toFixed(1)},${y(at.exercised).toFixed(1)}`,
  );
  const text = (atX: number, atY: number, anchor: string, words: string): string =>
    `<text x="${atX}" y="${atY}" text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>Lines of the engine that ${attempts} attempts exercised</title>`,
    `<path d="M${left},${top}V${height - bottom}H${width - right}" fill="none" stroke="currentColor"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#c2410c" stroke-width="2"/>`,
    text(left - 6, top + 4, 'end', `${lines}`),
    text(left - 6, height - bottom, 'end', '0'),
    text(width - right, height - bottom + 18, 'end', `${attempts} attempts`),
    text(left, top - 6, 'start', 'lines'),
    '</svg>',
    '',
  ].join('\n');
}
