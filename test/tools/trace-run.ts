import { Readable, Writable } from 'node:stream';
import { traceCommand } from '../../service/tools/trace-command.ts';

export interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** `btc-pinata trace` in this process; `input` is what comes in. */
export async function trace(argv: readonly string[], input = ''): Promise<Said> {
  const [out, err] = [new Heard(), new Heard()];
  const status = await traceCommand(argv, {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: out,
    stderr: err,
    style: { width: 100, colour: false, unicode: true },
  });
  return { status, out: out.text, err: err.text };
}

class Heard extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
