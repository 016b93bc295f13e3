/*
 * One line for each thing worth telling, on standard error. A line is built from named values of three plain types, so
 * that no object, error or buffer can slip into it, and everything that is not printable ASCII is escaped (threats.md J10).
 */

export type LogValue = string | number | boolean;
export type Log = (event: string, values?: Readonly<Record<string, LogValue>>) => void;

export function createLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (event, values = {}) => {
    const fields = Object.entries(values).map(([name, value]) => ` ${name}=${printable(value)}`);
    write(`${now().toISOString()} ${event}${fields.join('')}\n`);
  };
}

const printable = (value: LogValue): string => {
  if (typeof value !== 'string') return String(value);
  if (/^[\w.:/+-]+$/.test(value)) return value;
  return JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
};

/**
 * Where an exception came from, without its message: a message may quote the value that was at fault, and the value may
 * be a secret.
 */
export function originOf(error: unknown): Readonly<Record<string, LogValue>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { stack = '', message } = error;
  // A message may have lines that look like frames: what stands up to its end is not looked at.
  const trace = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const frames = trace.split('\n').filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line));
  return {
    error: error.name,
    at: frames
      .slice(0, 4)
      .map((line) => line.slice(7))
      .join(' < '),
  };
}
