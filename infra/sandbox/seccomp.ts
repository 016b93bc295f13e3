import {
  type Architecture,
  allowedSystemCalls,
  type Condition,
  type SystemCall,
  unknownSystemCalls,
} from './system-calls.ts';

/*
 * The filter of system calls as the kernel takes it (seccomp(2)): classic BPF over `struct seccomp_data`, an instruction eight
 * octets in the machine's own order, which is little-endian on both architectures.
 */

/** Offsets in `struct seccomp_data`. */
const data = { number: 0, architecture: 4, argument: (index: number) => 16 + 8 * index } as const;

/** Operations of <linux/bpf_common.h>: a word loaded, masked, compared; an answer returned. */
const operation = { load: 0x20, and: 0x54, jumpIfEqual: 0x15, jumpIfAtLeast: 0x35, answer: 0x06 } as const;

const answers = {
  allow: 0x7fff_0000,
  refuse: 0x0005_0000 | 1, // SECCOMP_RET_ERRNO with EPERM
  unknown: 0x0005_0000 | 38, // with ENOSYS
  kill: 0x8000_0000, // SECCOMP_RET_KILL_PROCESS
} as const;

/** AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64. */
const architectures: Readonly<Record<Architecture, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
/** On x86-64 a number from here on is of the x32 convention, which has a table of its own. */
const x32 = 0x4000_0000;

interface Instruction {
  readonly code: number;
  readonly value: number;
  /** Instructions to pass over where a comparison holds, and where it does not. */
  readonly whenTrue?: number;
  readonly whenFalse?: number;
}

const answer = (value: number): Instruction => ({ code: operation.answer, value });

/** Throws a RangeError on an architecture of which the numbers are not known. */
export function seccompFilter(options: { readonly architecture: string; readonly compiler: boolean }): Uint8Array {
  const { architecture, compiler } = options;
  if (architecture !== 'x64' && architecture !== 'arm64') {
    throw new RangeError(`no system calls are known for ${JSON.stringify(architecture)}; known: x64, arm64`);
  }
  const allowed = allowedSystemCalls(compiler).flatMap(({ calls }) => calls);
  return encode([
    { code: operation.load, value: data.architecture },
    { code: operation.jumpIfEqual, value: architectures[architecture], whenTrue: 1, whenFalse: 0 },
    answer(answers.kill),
    { code: operation.load, value: data.number },
    ...(architecture === 'x64'
      ? [{ code: operation.jumpIfAtLeast, value: x32, whenTrue: 0, whenFalse: 1 }, answer(answers.kill)]
      : []),
    ...allowed.flatMap((call) => rule(call, architecture, answers.allow)),
    ...unknownSystemCalls.calls.flatMap((call) => rule(call, architecture, answers.unknown)),
    answer(answers.refuse),
  ]);
}

/** Begins and, where it is another call, ends with the number loaded. */
function rule({ numbers, only }: SystemCall, architecture: Architecture, granted: number): readonly Instruction[] {
  const value = numbers[architecture];
  if (value === undefined) return [];
  const body = [...only.flatMap(condition), answer(granted)];
  return [{ code: operation.jumpIfEqual, value, whenTrue: 0, whenFalse: body.length }, ...body];
}

/** Goes on behind its end where the argument is as it must be, and refuses whenFalse. */
function condition({ argument, mask, is }: Condition): readonly Instruction[] {
  return [
    { code: operation.load, value: data.argument(argument) },
    { code: operation.and, value: mask },
    ...is.map((value, index) => ({
      code: operation.jumpIfEqual,
      value,
      whenTrue: is.length - index,
      whenFalse: 0,
    })),
    answer(answers.refuse),
  ];
}

/** `struct sock_filter`: a code of 16 bits, two jumps of 8, a value of 32. */
function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * instructions.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, value, whenTrue = 0, whenFalse = 0 }] of instructions.entries()) {
    view.setUint16(8 * index, code, true);
    view.setUint8(8 * index + 2, whenTrue);
    view.setUint8(8 * index + 3, whenFalse);
    view.setUint32(8 * index + 4, value >>> 0, true);
  }
  return bytes;
}
