/* What was measured, as the section of docs/performance.md says it. */

export interface Point {
  readonly bytes: number;
  readonly milliseconds: number;
  /** How it ended: the fault that was found in the end, or the status. */
  readonly end: string;
}

/** One curve. */
export interface Measured {
  readonly name: string;
  readonly points: readonly Point[];
}

export const microseconds = ({ bytes, milliseconds }: Point): number => (1000 * milliseconds) / bytes;

/** How much more a byte of the largest input costs than one of an input a quarter as large. */
export function growth(points: readonly Point[]): number {
  const [quarter, whole] = [points.at(-3) ?? points.at(0), points.at(-1)];
  if (quarter === undefined || whole === undefined) return 1;
  return microseconds(whole) / microseconds(quarter);
}

/** The dearest byte of all, at whatever size. */
export function worst(curves: readonly Measured[]): { readonly name: string; readonly point: Point } | undefined {
  const all = curves.flatMap(({ name, points }) => points.map((point) => ({ name, point })));
  return all.toSorted((a, b) => microseconds(b.point) - microseconds(a.point))[0];
}

const ROWS = 14;

/** Markdown: the inputs whose bytes cost most at their largest, and the worst of all. `where`: the machine. */
export function hostileSection(curves: readonly Measured[], where: string): string {
  const dearest = curves
    .flatMap(({ name, points }) => {
      const [smallest, largest] = [points.at(0), points.at(-1)];
      return smallest === undefined || largest === undefined ? [] : [{ name, points, smallest, largest }];
    })
    .toSorted((a, b) => microseconds(b.largest) - microseconds(a.largest));
  const rows = dearest
    .slice(0, ROWS)
    .map(
      ({ name, points, smallest, largest }) =>
        `| ${name} | ${cell(smallest)} | ${cell(largest)} | ${growth(points).toFixed(2)} |`,
    );
  const most = worst(curves);
  const rest = dearest.slice(ROWS).map(({ largest }) => microseconds(largest));
  return [
    '| input, against which role | µs a byte, smallest | µs a byte, largest | growth |',
    '|---|---|---|---|',
    ...rows,
    '',
    `The other ${rest.length} cost ${Math.max(0, ...rest).toFixed(2)} µs a byte or less at their largest.`,
    ...(most === undefined
      ? []
      : [
          `The worst of all: ${microseconds(most.point).toFixed(2)} µs a byte (${most.name}, ${most.point.bytes} bytes).`,
        ]),
    '',
    `${where}.`,
  ].join('\n');
}

const cell = (point: Point): string => `${microseconds(point).toFixed(2)} (${point.bytes} bytes)`;
