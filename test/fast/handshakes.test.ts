import './choose.ts';
import '../bounty/bridges.test.ts';
import '../tls/bogo-findings.test.ts';
import '../tls/flights.test.ts';
import '../tls/handshake-12.test.ts';
import '../tls/handshake.test.ts';
