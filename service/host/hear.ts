import type { Counted, Told } from './door-messages.ts';
import type { Ledger } from './ledger.ts';
import type { Log } from './log.ts';

/** Writes into the ledger what another thread tells of its connections. Those of one thread come in their order. */
export function hear(told: Told, ledger: Ledger, log: Log): void {
  switch (told.type) {
    case 'counted':
      for (let i = 0; i < told.count; i++) count(told.what, ledger);
      return;
    case 'finished':
      ledger.finished(told.client, told.clientRandom);
      return;
    case 'ended':
      ledger.ended(told.ended);
      return;
    case 'attempted': {
      const { head, ...rest } = told.attempt;
      ledger.attempted({ ...rest, head: { ...head, visitor: ledger.pseudonym(head.visitor) } });
      return;
    }
    case 'released':
      ledger.released(told.release, told.clientRandom);
      return;
    case 'discarded':
      ledger.discarded(told.bytes);
      return;
    case 'shed':
      shed(told, ledger);
      return;
    case 'log':
      log(told.event, told.values);
      return;
    default:
      told satisfies never;
  }
}

function count(what: Counted, ledger: Ledger): void {
  switch (what.type) {
    case 'opened':
      ledger.opened(what.port, what.at);
      return;
    case 'reached':
      ledger.reached(what.port, what.stage);
      return;
    case 'sampled_away':
      ledger.sampledAway();
      return;
    default:
      what satisfies never;
  }
}

/** Nobody looked where they came from. */
function shed({ port, count, at }: Extract<Told, { type: 'shed' }>, ledger: Ledger): void {
  const classification = { key: 'rate_limited', reason: undefined, alert: undefined } as const;
  for (let i = 0; i < count; i++) {
    ledger.opened(port, at);
    ledger.ended({ port, visitor: 'unknown', at, classification });
  }
}
