import { describe, expect, it } from 'vitest';
import { seccompFilter } from '../../infra/sandbox/seccomp.ts';
import { allowedSystemCalls, unknownSystemCalls } from '../../infra/sandbox/system-calls.ts';

/* The filter, run as the kernel would: what it says to each number there is, on both architectures. */

const audit = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
const [allow, refuse, unknown, kill] = [0x7fff_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000];

/** Classic BPF, as far as the filter uses it: loads, a mask, comparisons, an answer. */
function judge(
  filter: Uint8Array,
  data: { architecture: number; number: number; arguments?: readonly number[] },
): number {
  const view = new DataView(filter.buffer);
  const words = new Map([
    [0, data.number],
    [4, data.architecture],
    ...(data.arguments ?? []).map((value, index) => [16 + 8 * index, value] as const),
  ]);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at += 1) {
    const value = view.getUint32(8 * at + 4, true);
    const jump = (holds: boolean): number => view.getUint8(8 * at + (holds ? 2 : 3));
    switch (view.getUint16(8 * at, true)) {
      case 0x20:
        accumulator = words.get(value) ?? 0;
        break;
      case 0x54:
        accumulator = (accumulator & value) >>> 0;
        break;
      case 0x15:
        at += jump(accumulator === value);
        break;
      case 0x35:
        at += jump(accumulator >= value);
        break;
      case 0x06:
        return value;
      default:
        throw new Error(`instruction ${at} is none of ours`);
    }
  }
  throw new Error('it ended without an answer');
}

describe.each(['x64', 'arm64'] as const)('on %s', (architecture) => {
  describe.each([true, false])('with a compiler: %s', (compiler) => {
    const filter = seccompFilter({ architecture, compiler });
    const ask = (number: number, ...words: readonly number[]): number =>
      judge(filter, { architecture: audit[architecture], number, arguments: words });
    const calls = allowedSystemCalls(compiler).flatMap((group) => group.calls);
    const numberOf = (name: string): number => {
      const number = calls.find((call) => call.name === name)?.numbers[architecture];
      if (number === undefined) throw new Error(`no ${name}`);
      return number;
    };

    it('says of every number what the table says', () => {
      const free = new Set(calls.flatMap(({ numbers, only }) => (only.length === 0 ? [numbers[architecture]] : [])));
      const conditional = new Set(
        calls.flatMap(({ numbers, only }) => (only.length > 0 ? [numbers[architecture]] : [])),
      );
      const absent = new Set(unknownSystemCalls.calls.map(({ numbers }) => numbers[architecture]));
      for (let number = 0; number < 1024; number += 1) {
        if (conditional.has(number)) continue;
        const expected = free.has(number) ? allow : absent.has(number) ? unknown : refuse;
        expect([number, ask(number)]).toEqual([number, expected]);
      }
    });

    it('lets threads be made, and no process and no namespace', () => {
      const clone = numberOf('clone');
      expect(ask(clone, 0x003d_0f00)).toBe(allow); // as glibc makes one
      expect(ask(clone, 17)).toBe(refuse); // fork: SIGCHLD
      expect(ask(clone, 0x0000_4111)).toBe(refuse); // vfork
      for (const flag of [0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]) {
        expect(ask(clone, 0x003d_0f00 | flag)).toBe(refuse);
      }
    });

    it('judges what is asked of a socket, of a descriptor, of itself', () => {
      expect(ask(numberOf('setsockopt'), 3, 6, 1)).toBe(allow); // TCP_NODELAY
      expect(ask(numberOf('setsockopt'), 3, 1, 26)).toBe(refuse); // SO_ATTACH_FILTER
      expect(ask(numberOf('setsockopt'), 3, 41, 1)).toBe(refuse);
      expect(ask(numberOf('ioctl'), 1, 0x5401)).toBe(allow); // TCGETS
      expect(ask(numberOf('ioctl'), 1, 0x5412)).toBe(refuse); // TIOCSTI
      expect(ask(numberOf('prctl'), 15)).toBe(allow); // PR_SET_NAME
      expect(ask(numberOf('prctl'), 4)).toBe(refuse); // PR_SET_DUMPABLE
      expect(ask(numberOf('prlimit64'), 0)).toBe(allow);
      expect(ask(numberOf('prlimit64'), 1)).toBe(refuse);
    });

    it(compiler ? 'lets code be written and run' : 'lets nothing be written and run, nor become executable', () => {
      const granted = compiler ? allow : refuse;
      expect(ask(numberOf('mmap'), 0, 4096, 7)).toBe(granted);
      expect(ask(numberOf('mmap'), 0, 4096, 6)).toBe(granted);
      expect(ask(numberOf('mprotect'), 0, 4096, 5)).toBe(granted);
      for (const protection of [0, 1, 3, 5]) expect(ask(numberOf('mmap'), 0, 4096, protection)).toBe(allow);
      for (const protection of [0, 1, 3]) expect(ask(numberOf('mprotect'), 0, 4096, protection)).toBe(allow);
    });

    it('ends whoever calls by another convention', () => {
      const other = architecture === 'x64' ? audit.arm64 : audit.x64;
      expect(judge(filter, { architecture: other, number: 0 })).toBe(kill);
      expect(judge(filter, { architecture: 0x4000_0003, number: 1 })).toBe(kill); // i386
      if (architecture === 'x64') expect(ask(0x4000_0000)).toBe(kill); // x32
    });
  });
});

it('is not made for an architecture of which the numbers are not known', () => {
  expect(() => seccompFilter({ architecture: 'riscv64', compiler: true })).toThrow(/"riscv64"; known: x64, arm64/);
});

it('no two calls share a number, and each group says why', () => {
  for (const architecture of ['x64', 'arm64'] as const) {
    const calls = [...allowedSystemCalls(true), unknownSystemCalls].flatMap((group) => group.calls);
    const numbers = calls.flatMap(({ numbers: of }) => of[architecture] ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
  }
  for (const { reason } of allowedSystemCalls(true)) expect(reason.length).toBeGreaterThan(10);
});
