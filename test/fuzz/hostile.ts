import { cpus } from 'node:os';
import { writeBetweenMarkers } from '../../bench/between-markers.ts';
import { type Case, cases } from './hostile-inputs.ts';
import { growth, hostileSection, type Measured, microseconds, type Point, worst } from './hostile-report.ts';

const usage = `npm run hostile [-- --write | WORD]
The curve of each hostile input, in µs per byte, and its worst case: one that rises is a way to make us work for nothing.

  --write   puts the dearest into docs/performance.md
  WORD      measures those alone whose name has it in them`;

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

function report(): void {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => word.startsWith('-') && word !== '--write');
  if (unknown !== undefined) {
    console.log(usage);
    process.exitCode = unknown === '--help' || unknown === '-h' ? 0 : 2;
    return;
  }
  const writes = words.includes('--write');
  const only = words.find((word) => word !== '--write');
  if (writes && only !== undefined) {
    console.error(`--write is of all inputs, and ${JSON.stringify(only)} asks for some: one or the other`);
    process.exitCode = 2;
    return;
  }
  const curves = cases
    .map((hostile) => ({ hostile, name: `${hostile.role}: ${hostile.name}` }))
    .filter(({ name }) => only === undefined || name.includes(only))
    .map(({ hostile, name }) => {
      curve(hostile); // once for the compiler
      const measured = { name, points: curve(hostile) };
      show(measured);
      return measured;
    });
  const most = worst(curves);
  if (most !== undefined)
    console.log(`worst: ${microseconds(most.point).toFixed(2)} µs/byte (${most.name}, ${most.point.bytes} bytes)`);
  const where = `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown'}; ${new Date().toISOString().slice(0, 10)}`;
  if (writes) writeBetweenMarkers(document, 'hostile', hostileSection(curves, where));
}

const document = new URL('../../docs/performance.md', import.meta.url);

function show({ name, points }: Measured): void {
  const last = points.at(-1);
  if (last === undefined) return;
  console.log(`${name}  (${last.end})`);
  console.log(
    `  ${points.map((point) => `${point.bytes} B ${microseconds(point).toFixed(3)}`).join('   ')}   µs/byte; in all ${last.milliseconds.toFixed(1)} ms, ×${growth(points).toFixed(2)}`,
  );
}

if (process.argv[1] === import.meta.filename) report();
