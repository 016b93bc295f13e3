import { answers, attack, type Status } from '../attack.ts';

/* A HEAD costs as much as a GET and is answered by next to nothing, so a segment of them asks for much. A visit has an end. */
const MOST = 100;

export default attack({
  title: 'a hundred requests by HEAD at once, and some more behind them',
  threats: ['J15', 'I2'],
  rfc: 'RFC 9112 §9.3.2',
  as: 'visitor',
  expect: answers(...Array.from({ length: MOST }, (): Status => 200)),
  play(visitor) {
    visitor.asksByHead = true;
    visitor.say('HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(MOST + 20));
  },
});
