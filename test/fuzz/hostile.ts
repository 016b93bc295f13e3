import { type Case, cases } from './hostile-inputs.ts';

/*
 * node test/fuzz/hostile.ts: the curve of each hostile input, in µs per byte, and its worst case. A curve that rises is
 * a way to make us work for nothing.
 */

export interface Point {
  readonly bytes: number;
  readonly milliseconds: number;
  /** How it ended: the fault that was found in the end, or the status. */
  readonly end: string;
}

/** The best of a few runs: the others measure the machine. */
export function curve(hostile: Case, sizes = hostile.sizes, runs = 5): readonly Point[] {
  return sizes.map((size) => {
    const points = Array.from({ length: runs }, () => once(hostile, size));
    return points.reduce((best, point) => (point.milliseconds < best.milliseconds ? point : best));
  });
}

function once(hostile: Case, size: number): Point {
  const { subject, session, pieces } = hostile.make(Math.floor(size));
  let step = { session, status: 'handshaking', events: [] as readonly { readonly type: string }[] };
  const faults: string[] = [];
  const started = performance.now();
  for (const piece of pieces) {
    const next = subject.receive(step.session, piece);
    for (const event of next.events) if (event.type === 'fault') faults.push(event.fault.reason);
    step = next;
  }
  const milliseconds = performance.now() - started;
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  return { bytes, milliseconds, end: faults[0] ?? step.status };
}

/** How much more a byte of the largest input costs than one of an input a quarter as large. */
export function growth(points: readonly Point[]): number {
  const [quarter, whole] = [points.at(-3) ?? points.at(0), points.at(-1)];
  if (quarter === undefined || whole === undefined) return 1;
  return microseconds(whole) / microseconds(quarter);
}

export const microseconds = ({ bytes, milliseconds }: Point): number => (1000 * milliseconds) / bytes;

function report(): void {
  const only = process.argv[2];
  let worst = { name: '', value: 0 };
  for (const hostile of cases) {
    const name = `${hostile.role}: ${hostile.name}`;
    if (only !== undefined && !name.includes(only)) continue;
    curve(hostile); // once for the compiler
    const points = curve(hostile);
    const last = points.at(-1);
    if (last === undefined) continue;
    console.log(`${name}  (${last.end})`);
    console.log(
      `  ${points.map((point) => `${point.bytes} B ${microseconds(point).toFixed(3)}`).join('   ')}   µs/byte; in all ${last.milliseconds.toFixed(1)} ms, ×${growth(points).toFixed(2)}`,
    );
    for (const point of points) {
      if (microseconds(point) > worst.value)
        worst = { name: `${name}, ${point.bytes} bytes`, value: microseconds(point) };
    }
  }
  console.log(`worst: ${worst.value.toFixed(2)} µs/byte (${worst.name})`);
}

if (process.argv[1] === import.meta.filename) report();
