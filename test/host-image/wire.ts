import { randomInt } from 'node:crypto';
import { willMake } from './leavings.ts';
import { attempt, run } from './run.ts';

/*
 * The network of one machine: a namespace of its own, a wire to this one, and a wire to a namespace that plays the Internet.
 * Addresses are of blocks that are public by their numbers, since nobody is called back elsewhere, and are routed nowhere here.
 */

export interface End {
  readonly ipv4: string;
  readonly ipv6: string;
}

export class Wire {
  /** Names below /run/netns. */
  readonly machine: string;
  readonly internet: string;
  /** Where the machine is reached from here, and we from it. */
  readonly host: End;
  readonly here: End;
  /** The same from the Internet, and somebody there. */
  readonly hostOutside: End;
  readonly stranger: End;

  constructor() {
    const id = randomInt(0x1000, 0xffff).toString(16);
    [this.machine, this.internet] = [`pinata-${id}-m`, `pinata-${id}-i`];
    const block = [randomInt(1, 255), randomInt(1, 255)].join('.');
    const end = (wire: number, last: number): End => ({
      ipv4: `11.${block}.${wire * 4 + last}`,
      ipv6: `2a0f:${id}:${wire + 1}::${last}`,
    });
    [this.here, this.host] = [end(0, 1), end(0, 2)];
    [this.stranger, this.hostOutside] = [end(1, 1), end(1, 2)];
    try {
      for (const name of [this.machine, this.internet]) {
        willMake({ kind: 'network', name });
        run('ip', 'netns', 'add', name);
        run('ip', '-n', name, 'link', 'set', 'lo', 'up');
      }
      const near = `pi${id}h`;
      run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', 'host0', 'netns', this.machine);
      bring([], near, this.here);
      bring(['-n', this.machine], 'host0', this.host);
      run(
        'ip',
        '-n',
        this.internet,
        'link',
        'add',
        'wan0',
        'type',
        'veth',
        'peer',
        'name',
        'wan0',
        'netns',
        this.machine,
      );
      bring(['-n', this.internet], 'wan0', this.stranger);
      bring(['-n', this.machine], 'wan0', this.hostOutside);
      run('ip', '-n', this.machine, 'route', 'add', 'default', 'via', this.stranger.ipv4);
      run('ip', '-n', this.machine, '-6', 'route', 'add', 'default', 'via', this.stranger.ipv6);
      // Where a provider's metadata would answer.
      run('ip', '-n', this.internet, 'address', 'add', '169.254.169.254/32', 'dev', 'lo');
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    for (const name of [this.machine, this.internet]) attempt('ip', ['netns', 'delete', name]);
  }
}

function bring(where: readonly string[], name: string, { ipv4, ipv6 }: End): void {
  run('ip', ...where, 'address', 'add', `${ipv4}/30`, 'dev', name);
  run('ip', ...where, '-6', 'address', 'add', `${ipv6}/64`, 'dev', name, 'nodad');
  run('ip', ...where, 'link', 'set', name, 'up');
}
