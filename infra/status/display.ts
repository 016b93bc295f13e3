import type { WriteStream } from 'node:tty';
import { at } from './page-report.ts';
import type { StatusReport } from './report.ts';
import { statusLine, statusLines } from './text.ts';

export type Output = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** Where `--watch` shows what it sees. */
export interface Display {
  /** Whether it shows how old things are, and wants to be shown the same again. */
  readonly runs: boolean;
  show(report: StatusReport): void;
  /** With what was shown last. */
  end(): void;
}

export function displayOn(output: Output, json: boolean): Display {
  if (json) return linesOn(output, (report) => JSON.stringify(report), jsonWithoutAges);
  return output.isTTY === true
    ? screenOn(output)
    : linesOn(output, (report) => `${at(report.asOf)} ${statusLine(report)}`, statusLine);
}

/** A line for each report that is another than the one before it. */
function linesOn(
  output: Output,
  line: (report: StatusReport) => string,
  essence: (report: StatusReport) => string,
): Display {
  let before: string | undefined;
  return {
    runs: false,
    show: (report) => {
      const now = essence(report);
      if (now === before) return;
      before = now;
      output.write(`${line(report)}\n`);
    },
    end: () => undefined,
  };
}

/** A look that found what the one before it found is no change: times and tips are left out. */
const jsonWithoutAges = (report: StatusReport): string =>
  JSON.stringify([report.verdict, report.exitStatus, statusLine(report)]);

const control = '\u001b[';
const [enter, leave, home, clear] = [`${control}?1049h`, `${control}?1049l`, `${control}H`, `${control}J`];

/** The alternate screen of the terminal, so that what was there comes back; the last report stays behind it. */
function screenOn(output: Output): Display {
  let last: readonly string[] | undefined;
  return {
    runs: true,
    show: (report) => {
      if (last === undefined) output.write(enter);
      last = statusLines(report);
      output.write(`${home}${fitting(last, output).join(`${control}K\r\n`)}${control}K${clear}`);
    },
    end: () => {
      if (last !== undefined) output.write(`${leave}${last.join('\n')}\n`);
    },
  };
}

/** As many lines as the screen has room for, long ones being several there. */
function fitting(lines: readonly string[], { columns = 80, rows = 24 }: Output): readonly string[] {
  let room = rows;
  return lines.filter((line) => {
    room -= Math.max(1, Math.ceil(line.length / columns));
    return room >= 0;
  });
}
