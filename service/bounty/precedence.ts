import type { Origin } from './limits.ts';
import { Row } from './row.ts';

/*
 * Whose place is taken where all are: that of somebody who has most of them, by network and within one by prefix, and of
 * those the one who has shown least. Everything here takes constant time, however many there are.
 */

/** How far somebody has come; those who stand first here yield first. */
const yielding = ['silent', 'waiting', 'busy', 'leaving'] as const;

/**
 * `silent`: nothing came of them, or nothing more is under way. `waiting`: something came, and they had no answer.
 * `busy`: they had one. `leaving`: all is said, and they have not read it yet. `kept`: they yield to nobody.
 */
export type Standing = (typeof yielding)[number] | 'kept';

export class Precedence<Guest extends Origin> {
  readonly #networks = new Map<string, Network<Guest>>();
  readonly #largest = new Largest<Network<Guest>>();

  /** They leave it by what this returns, once. */
  enter(guest: Guest, standing: Exclude<Standing, 'kept'>): () => void {
    const network = this.#networks.get(guest.network) ?? new Network<Guest>();
    if (network.size === 0) this.#networks.set(guest.network, network);
    const prefix = network.prefix(guest.prefix);
    const leave = prefix.row(standing).enter(guest);
    this.#resize(guest, network, prefix, 1);
    return () => {
      leave();
      this.#resize(guest, network, prefix, -1);
    };
  }

  /** Of the network that has most, who yields first. */
  get first(): Guest | undefined {
    return this.#largest.item?.first;
  }

  /** Of one network, who yields first. */
  firstOf(network: string): Guest | undefined {
    return this.#networks.get(network)?.first;
  }

  #resize(guest: Guest, network: Network<Guest>, prefix: Prefix<Guest>, by: 1 | -1): void {
    network.resize(guest.prefix, prefix, by);
    this.#largest.resize(network);
    if (network.size === 0) this.#networks.delete(guest.network);
  }
}

interface Sized {
  readonly size: number;
  /** Leaves where it stands in `Largest`. */
  strike: (() => void) | undefined;
}

class Network<Guest> implements Sized {
  size = 0;
  strike: Sized['strike'];
  readonly #prefixes = new Map<string, Prefix<Guest>>();
  readonly #largest = new Largest<Prefix<Guest>>();

  get first(): Guest | undefined {
    return this.#largest.item?.first;
  }

  prefix(name: string): Prefix<Guest> {
    const prefix = this.#prefixes.get(name) ?? new Prefix<Guest>();
    if (prefix.size === 0) this.#prefixes.set(name, prefix);
    return prefix;
  }

  resize(name: string, prefix: Prefix<Guest>, by: 1 | -1): void {
    this.size += by;
    prefix.size += by;
    this.#largest.resize(prefix);
    if (prefix.size === 0) this.#prefixes.delete(name);
  }
}

class Prefix<Guest> implements Sized {
  size = 0;
  strike: Sized['strike'];
  readonly #rows: Partial<Record<Standing, Row<Guest>>> = {};

  row(standing: Exclude<Standing, 'kept'>): Row<Guest> {
    const row = this.#rows[standing] ?? new Row<Guest>();
    this.#rows[standing] = row;
    return row;
  }

  /** Who has come least far, and of those who has been there longest. */
  get first(): Guest | undefined {
    for (const standing of yielding) {
      const guest = this.#rows[standing]?.first;
      if (guest !== undefined) return guest;
    }
    return undefined;
  }
}

/** One that has the largest size, of those whose sizes change by one at a time. */
class Largest<Item extends Sized> {
  /** No empty ones: a house that was full would keep as many as it has places. */
  readonly #bySize = new Map<number, Row<Item>>();
  #most = 0;

  get item(): Item | undefined {
    return this.#bySize.get(this.#most)?.first;
  }

  /** After each change of its size. */
  resize(item: Item): void {
    const { size } = item;
    item.strike?.();
    item.strike = undefined;
    for (const before of [size - 1, size + 1]) {
      if (this.#bySize.get(before)?.size === 0) this.#bySize.delete(before);
    }
    if (size > 0) {
      const row = this.#bySize.get(size) ?? new Row<Item>();
      this.#bySize.set(size, row);
      item.strike = row.enter(item);
    }
    this.#most = Math.max(this.#most, size);
    while (this.#most > 0 && !this.#bySize.has(this.#most)) this.#most -= 1;
  }
}
