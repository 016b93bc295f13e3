import type { FailureEntries } from './failure-entry.ts';

/** What is decided outside of the handshake: releases, the transport, the website, the dial-back. */
export const failuresOfConnections = {
  'success.short_circuit': {
    nature: 'released',
    title: 'Two of our own ports joined: the bait went, encrypted, from us to us',
    article: {
      wording: '12000 successful TLS sessions, comprised of short-circuits … and our own tests',
      count: 12_000,
      exact: false,
    },
    provoke: '`btc-pinata bridge HOST`, or `socat TCP:HOST:10000 TCP:HOST:10002`',
  },
  'success.test': {
    nature: 'released',
    title: 'Authenticated with the test credentials: regtest alone, and worth nothing',
    provoke: '`btc-pinata run --test-credentials DIR`, then `openssl s_client` with what is in DIR',
  },
  breach: {
    nature: 'released',
    title: 'The bait went to somebody who is not us: the piñata is broken',
    provoke: 'that is the bounty',
  },
  withheld: {
    nature: 'failed',
    title: "Authenticated by the engine, and held back by one of the bait's own checks. It must not exist",
    provoke: 'nothing known does',
  },
  timeout: {
    nature: 'unfinished',
    title: 'Took longer than a connection may',
    provoke: '`nc HOST 10000`, and wait',
  },
  eof: {
    nature: 'unfinished',
    title: 'Ended by the other side before there was a verdict',
    provoke: 'three bytes of a record, then FIN',
  },
  aborted: {
    nature: 'unfinished',
    title: 'Reset by the other side before there was a verdict',
    provoke: 'three bytes of a record, then close with SO_LINGER 0',
  },
  empty: {
    nature: 'unfinished',
    title: 'Connected, said nothing, went',
    provoke: '`nc -z HOST 10000`',
  },
  'limit.bytes': {
    nature: 'failed',
    title: 'More bytes than anybody may send before being authenticated',
    provoke: 'after the ServerHello, a Certificate byte by byte, each in an encrypted record padded to 16 KiB',
  },
  'limit.sessions': {
    nature: 'turned_away',
    title: 'More handshakes at once than we can keep apart',
    provoke: 'more handshakes left half-way than `--remembered-handshakes`, within twice `--handshake-seconds`',
  },
  rate_limited: {
    nature: 'turned_away',
    title: 'Turned away: this prefix had its share, or all places were taken',
    provoke: 'more connections at once from one prefix than the configuration allows',
  },
  shutdown: {
    nature: 'unfinished',
    title: 'We stopped while it was open',
    provoke: 'SIGTERM to the service, with a connection open',
  },
  'dialback.triggered': {
    nature: 'turned_away',
    title: 'A call to 10001: closed at once, and we call back',
    provoke: '`nc HOST 10001`',
  },
  'connectback.blocked': {
    nature: 'turned_away',
    title: 'A call to 10001 from an address that we do not call back',
    provoke: '`nc HOST 10001` from a private address, where those are not allowed',
  },
  'connectback.refused': {
    nature: 'unfinished',
    title: 'We called back, and nobody listened on 40001',
    provoke: '`nc HOST 10001` with nothing on 40001',
  },
  'connectback.timeout': {
    nature: 'unfinished',
    title: 'We called back, and nobody answered on 40001',
    provoke: '`nc HOST 10001` with 40001 dropped by a firewall',
  },
  'website.page': {
    nature: 'website',
    title: 'The website answered',
    provoke: '`curl http://HOST:8080/`',
  },
  'website.handshake': {
    nature: 'website',
    title: 'A handshake with the website, and no request: a test of interoperability',
    provoke: '`openssl s_client -connect HOST:8443 </dev/null`',
  },
  'http.400': { nature: 'website', title: 'Bad Request', provoke: '`echo GET | nc HOST 8080`' },
  'http.404': { nature: 'website', title: 'Not Found', provoke: '`curl http://HOST:8080/wp-login.php`' },
  'http.405': { nature: 'website', title: 'Method Not Allowed', provoke: '`curl -X POST http://HOST:8080/`' },
  'http.408': {
    nature: 'website',
    title: 'Request Timeout',
    provoke: '`(printf GET; sleep 60) | nc HOST 8080`',
  },
  'http.411': { nature: 'website', title: 'Length Required', provoke: '`curl -X POST http://HOST:8080/challenge`' },
  'http.413': { nature: 'website', title: 'Content Too Large', provoke: '`curl -X GET -d body http://HOST:8080/`' },
  'http.414': { nature: 'website', title: 'URI Too Long', provoke: 'a request line of more than 4096 bytes' },
  'http.417': {
    nature: 'website',
    title: 'Expectation Failed',
    provoke: '`head -c 32 /dev/urandom | curl -H "Expect: 100-continue" --data-binary @- http://HOST:8080/challenge`',
  },
  'http.429': {
    nature: 'website',
    title: 'Too Many Requests',
    provoke: 'twenty challenges at once from one network prefix',
  },
  'http.431': {
    nature: 'website',
    title: 'Request Header Fields Too Large',
    provoke: 'a request with 65 header fields',
  },
  'http.501': { nature: 'website', title: 'Not Implemented', provoke: '`curl -X BREW http://HOST:8080/`' },
  'http.503': {
    nature: 'website',
    title: 'Service Unavailable',
    provoke: 'more than 1024 challenges within one second, from many network prefixes',
  },
  'http.505': {
    nature: 'website',
    title: 'HTTP Version Not Supported',
    provoke: 'a request line that ends in `HTTP/2.0`',
  },
  'http.other': {
    nature: 'website',
    title: 'Another error of the website',
    provoke: 'nothing known does: the website sends none but those above',
  },
  probe: {
    nature: 'ours',
    title: 'Our own monitoring, or who says so: it gets no more than anybody, and counts as no attempt and no visitor',
    provoke:
      "`openssl s_client -connect HOST:10000 -alpn pinata-probe/1`; `printf '\\25\\3\\3\\0\\2\\2\\170' | nc HOST 10001`; `curl -A btc-pinata-poller/1 http://HOST:8080/`",
  },
} as const satisfies FailureEntries;
