import { describe, expect, it } from 'vitest';
import type { BridgeOptions } from '../../service/tools/bridge-options.ts';
import { BridgePicture } from '../../service/tools/bridge-picture.ts';
import { printable, SequenceDiagram } from '../../service/tools/sequence-diagram.ts';
import { terminalStyle } from '../../service/tools/terminal-style.ts';

const options: BridgeOptions = {
  host: '192.0.2.1',
  serverPort: 10_000,
  client: { kind: 'reverse', port: 10_002 },
  httpPort: 8080,
  timeoutSeconds: 30,
  captureFile: undefined,
  json: false,
};

const draw = (style: { width: number; colour: boolean; unicode: boolean }): readonly string[] => {
  const picture = new BridgePicture(options, style);
  return [
    ...picture.event({
      type: 'joined',
      at: 0,
      server: '192.0.2.1:10000',
      client: '192.0.2.1:10002',
      bridge: '198.51.100.7',
    }),
    ...picture.event({
      type: 'seen',
      at: 3.14,
      direction: 'to_server',
      sighting: {
        type: 'handshake',
        message: 'ClientHello',
        length: 1389,
        facts: [
          { name: 'ALPN', value: 'pinata/1' },
          { name: 'cipher suites', value: 'TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256' },
        ],
      },
    }),
    ...picture.event({ type: 'seen', at: 9.87, direction: 'to_client', sighting: { type: 'encrypted', length: 512 } }),
    ...picture.event({
      type: 'seen',
      at: 10,
      direction: 'to_server',
      sighting: { type: 'change_cipher_spec', length: 1 },
    }),
    ...picture.event({
      type: 'seen',
      at: 11,
      direction: 'to_server',
      sighting: { type: 'alert', level: 2, description: 48 },
    }),
    ...picture.event({ type: 'end', at: 12_345, direction: 'to_client', unfinished: 17 }),
    ...picture.outcome({
      outcome: 'confirmed',
      clientRandom: 'ab'.repeat(32),
      negotiated: { version: 'TLS 1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', group: 'x25519' },
      bytes: { to_server: 2449, to_client: 3654 },
    }),
  ];
};

describe('the sequence diagram', () => {
  it('is this, in 80 columns', () => {
    expect(`\n${draw({ width: 80, colour: false, unicode: true }).join('\n')}\n`).toMatchInlineSnapshot(`
      "

              TLS server                        bridge                      TLS client
            192.0.2.1:10000                  198.51.100.7              192.0.2.1:10002
                   │                               │                               │
                   │  both connections were opened from here                       │
                   │                               │                               │
           3.1 ms  │◀──────────────────────────────┼── ClientHello, 1389 bytes ────│
                   │  ALPN           pinata/1                                      │
                   │  cipher suites  TLS_AES_128_GCM_SHA256,                       │
                   │                 TLS_CHACHA20_POLY1305_SHA256                  │
                   │                               │                               │
           9.9 ms  │═════ encrypted, 512 bytes ════┼══════════════════════════════▶│
          10.0 ms  │◀──────────────────────────────┼───── change_cipher_spec ──────│
          11.0 ms  │◀──────────────────────────────┼─ alert: unknown_ca (fatal) ───│
          12.35 s  │╌╌╌╌╌ end of stream (FIN) ╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▶│
                   │  cut within a record: 17 bytes of it came                     │
                   │                               │                               │
                   ─── in clear   ═══ encrypted

        ✔ short-circuit confirmed: both ends were the piñata's own
          TLS 1.3, TLS_AES_128_GCM_SHA256, x25519
          client_random abababababababababababababababababababababababababababababababab
          2449 bytes to the server and 3654 to the client went through this machine
          the key was among them, encrypted: to read it here is what the bounty is about

      "
    `);
  });

  it('says why an outcome is unknown in a line that cannot steer a terminal: the host may have a part in it', () => {
    const picture = new BridgePicture(options, { width: 80, colour: false, unicode: true });
    const reason = 'it is no list of pairs: "\u001b[2J\n  ✔ short-circuit confirmed\u202e"';
    const lines = picture.outcome({ outcome: 'unknown', reason, bytes: { to_server: 1, to_client: 2 } });
    expect(lines).toContain(
      String.raw`    it is no list of pairs: "\x1b[2J\x0a  \x2714 short-circuit confirmed\x202e"`,
    );
  });

  it('keeps every line within the terminal, and every lane in its column', () => {
    for (const width of [72, 80, 97, 110, 200]) {
      const lines = draw({ width, colour: false, unicode: true });
      const client = Math.min(width, 110) - 3;
      for (const line of lines.filter((text) => /^ {13}│|ms {2}│| s {2}│/.test(text))) {
        expect(line.length).toBeLessThanOrEqual(client + 1);
        expect(line[13]).toBe('│');
        expect(line[client]).toBe('│');
      }
    }
  });

  it('does without Unicode and without colour, and has colour where it may', () => {
    expect(draw({ width: 80, colour: false, unicode: false }).join('\n').replace('piñata', 'pinata')).toMatch(
      /^[\n\x20-\x7e]*$/,
    );
    expect(draw({ width: 80, colour: true, unicode: true }).join('\n')).toContain('\u001b[36m');
  });

  it('puts a label that is too long for its half across the bridge, and cuts one that is too long for all', () => {
    const diagram = new SequenceDiagram({ width: 80, colour: false, unicode: true });
    const line = diagram.arrow({ at: 1, towards: 'right', kind: 'clear', label: 'x'.repeat(300) });
    expect(line).toHaveLength(78);
    expect(diagram.arrow({ at: 1, towards: 'right', kind: 'clear', label: 'y'.repeat(50) })).toContain(
      ` ${'y'.repeat(50)} `,
    );
  });

  it('lets no peer steer the terminal', () => {
    expect(printable('\u001b]0;owned\u0007 \u202e \u009b31m piñata')).toBe(
      '\\x1b]0;owned\\x07 \\x202e \\x9b31m piñata',
    );
  });
});

describe('what the output can show', () => {
  const utf8 = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color' };
  it('has colour on a terminal alone, and not against NO_COLOR', () => {
    expect(terminalStyle({ isTTY: true, columns: 132 }, utf8)).toEqual({ width: 132, colour: true, unicode: true });
    expect(terminalStyle({ isTTY: true, columns: 132 }, { ...utf8, NO_COLOR: '1' }).colour).toBe(false);
    expect(terminalStyle({ isTTY: true, columns: 132 }, { ...utf8, TERM: 'dumb' }).colour).toBe(false);
    expect(terminalStyle({ isTTY: false, columns: 0 }, utf8)).toEqual({ width: 100, colour: false, unicode: true });
  });
  it('goes by the locale', () => {
    expect(terminalStyle({ isTTY: true, columns: 80 }, { LC_ALL: 'C', LANG: 'en_US.UTF-8' }).unicode).toBe(false);
    expect(terminalStyle({ isTTY: true, columns: 80 }, {}).unicode).toBe(true);
  });
});
