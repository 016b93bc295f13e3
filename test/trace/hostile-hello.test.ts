import { describe, expect, it } from 'vitest';
import { Recorder } from '../../service/host/recorder.ts';
import type { ClientConfig } from '../../service/tls/index.ts';
import { parseAttemptBody, traceFormat } from '../../service/trace/index.ts';
import { pair, run } from '../tls/pair.ts';
import { clientConfig, serverConfig, world } from '../tls/pki.ts';

/* Nobody keeps their trace from its readers by what they say in it: what a recorder writes down, a reader takes. */

const of = world();
const control = (code: number): string => String.fromCharCode(code).repeat(255);

const hellos: readonly (readonly [string, Partial<ClientConfig>, string | undefined])[] = [
  ['a server name of 300 characters', { serverName: 'a'.repeat(300) }, undefined],
  ['a server name that all but fills a ClientHello', { serverName: 'a'.repeat(14_000) }, undefined],
  ['eight protocols of 255 control characters', { alpn: [1, 2, 3, 4, 5, 6, 7, 14].map(control) }, 'alpn_mismatch'],
];

describe('a recorded attempt is read again, with', () => {
  it.each(hellos)('%s', (_, change, fault) => {
    const ends = pair(serverConfig(of), clientConfig(of, change));
    run(ends);
    expect(ends.server.fault()).toBe(fault);
    const recorder = new Recorder({
      port: 'server',
      role: 'server',
      visitor: '0123456789abcdef',
      test: false,
      at: 1_800_000_000_000,
      began: 0,
      clock: () => 0,
    });
    for (const event of ends.server.events) recorder.tell(event);
    const { steps, omitted } = recorder.finish({ key: 'eof', reason: undefined, alert: undefined });
    const body = { format: traceFormat, number: 1, steps, omitted } as const;
    expect(parseAttemptBody(JSON.stringify(body))).toMatchObject({
      ok: true,
      value: { steps: { length: steps.length } },
    });
  });
});
