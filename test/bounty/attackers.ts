import { bountyProtocol, roleNames } from '../../service/bounty/endpoints.ts';
import { trustIn } from '../../service/bounty/generation.ts';
import { type CertifiedKey, client, entropyLength, receive, server } from '../../service/tls/index.ts';
import { Guest, now, play, random, type Table } from './table.ts';

/* Attackers who have a whole TLS stack (ours) and some key; which one, the test says. */

export const environment = () => ({ now, entropy: random(entropyLength) });

/** A TLS client of an attacker, who has `certifiedKey`, against our server. */
export function attackAsClient(
  table: Table,
  certifiedKey: CertifiedKey | undefined,
  alpn: readonly string[] = [bountyProtocol],
) {
  const guest = new Guest('server', table);
  const { generation } = table.terms.lease('server');
  const config = { serverName: roleNames.server, alpn, trust: trustIn('server', generation) };
  const hello = client(certifiedKey === undefined ? config : { ...config, certifiedKey }, environment());
  return { guest, ...play(guest, hello, receive) };
}

/** A TLS server of an attacker against our client. */
export function attackAsServer(
  table: Table,
  certifiedKey: CertifiedKey,
  clientAuthentication: 'demanded' | 'none' = 'demanded',
) {
  const guest = new Guest('client', table);
  const session = server(
    {
      certifiedKeys: [certifiedKey],
      alpn: { protocols: [bountyProtocol], absent: 'tolerated' },
      clientAuthentication:
        clientAuthentication === 'none' ? 'none' : { trust: trustIn('client', table.terms.lease('client').generation) },
    },
    environment(),
  );
  return { guest, ...play(guest, receive(session, guest.sent()), receive) };
}
