import { deployedPorts } from '../deploy/deployment.ts';
import { userIds } from './users.ts';

/*
 * The host's firewall, by user (nftables): what may come in, and who may go out where. The service has no network of its own
 * (PrivateNetwork); that it has none is said here once more.
 */

/** Where no dial-back goes: what is not the public Internet. The service, the dialler and the kernel each refuse them. */
const notPublic = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  '224.0.0.0/3',
];

const { service, dialler } = userIds;

/** /etc/nftables.conf. Interface names and addresses of the machine are in none of it. */
export const firewall = (dialBackPort: number): string => `#!/usr/sbin/nft -f
flush ruleset

table inet btc_pinata {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state invalid drop
    ct state established,related accept
    iif lo accept
    tcp dport { ${Object.values(deployedPorts).join(', ')} } accept
    icmp type echo-request limit rate 20/second accept
    icmpv6 type echo-request limit rate 20/second accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
    ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
    udp sport 67 udp dport 68 accept
  }

  chain forward {
    type filter hook forward priority filter; policy drop;
  }

  chain output {
    type filter hook output priority filter; policy drop;
    # Answers to who came in, and the rest of what was allowed to begin.
    ct state established,related accept
    # The service begins nothing, not even on this machine.
    meta skuid ${service} drop
    # The dialler calls back on one port, on the public Internet.
    meta skuid ${dialler} ip daddr { ${notPublic.join(', ')} } drop
    meta skuid ${dialler} ip6 daddr != 2000::/3 drop
    meta skuid ${dialler} ip6 daddr { 2001::/23, 2001:db8::/32, 2002::/16, 3fff::/20 } drop
    meta skuid ${dialler} tcp dport ${dialBackPort} accept
    meta skuid ${dialler} drop
    oif lo accept
    # What the provider says to the machine is for root alone: this user-data, and in other clouds credentials.
    meta skuid != 0 ip daddr 169.254.0.0/16 drop
    meta skuid != 0 ip6 daddr fd00:ec2::/32 drop
    # The system: updates, names, time, an address. Nobody who could log in.
    meta skuid < 1000 tcp dport { 80, 443, 53 } accept
    meta skuid < 1000 udp dport { 53, 123, 67, 547 } accept
    icmp type { destination-unreachable, time-exceeded, echo-reply } accept
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, echo-reply } accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept
    # The kernel's own, on behalf of nobody: no such port, no such connection.
    tcp flags rst accept
  }
}
`;
