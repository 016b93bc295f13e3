import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { client, entropyLength, exporter, server } from '../../service/tls/index.ts';
import { End, run } from './pair.ts';
import { clientConfig, NOW, serverConfig, type World, world } from './pki.ts';

/*
 * threats.md X6, RFC 7627 §1: who sits between two connections may give both the same randoms and the same premaster secret.
 * Under the main secret of RFC 5246 that was all there was, and what binds to one connection held on the other. With
 * extended_main_secret the certificates are in it, as everything said so far.
 */

const ends = { server: new Uint8Array(randomBytes(entropyLength)), client: new Uint8Array(randomBytes(entropyLength)) };

/** The same two ends, entropy and all, before the authority and the certificates of `of`. */
function exported(of: World, version: '1.2' | '1.3') {
  const choices = { versions: [version] } as const;
  const entropyOf = (end: keyof typeof ends) => ({ now: NOW, entropy: ends[end].slice() });
  const first = client(clientConfig(of, { choices }), entropyOf('client'));
  const pair = {
    server: new End(server(serverConfig(of, { choices }), entropyOf('server'))),
    client: new End(first.session),
  };
  pair.client.take(first);
  run(pair);
  const [one, other] = [pair.client, pair.server].map(({ session, status }) => {
    expect(status).toBe('established');
    return Buffer.from(exporter(session, 'EXPORTER-of-a-test', new Uint8Array(0), 32) ?? []).toString('hex');
  });
  const random = pair.server.events.find((event) => event.type === 'client_random');
  expect(one).toBe(other);
  return { secret: one, random: random?.type === 'client_random' ? random.random : undefined };
}

it.each(['1.2', '1.3'] as const)(
  'two connections that differ in their certificates alone share no secret: TLS %s',
  (version) => {
    const of = world();
    const same = exported(of, version);
    expect(exported(of, version)).toEqual(same);
    const other = exported(world(), version);
    expect(other.random).toEqual(same.random);
    expect(other.secret).not.toBe(same.secret);
  },
);
