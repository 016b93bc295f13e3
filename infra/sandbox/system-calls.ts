/*
 * The system calls that a piñata needs, found by tracing one with all ports in use: bridges, pages, challenges, traces on disk,
 * its end. Everything else is refused. Numbers are those of the kernel's tables, for x86-64 and for arm64; the older calls that
 * arm64 does not have are undefined there.
 */

export type Architecture = 'x64' | 'arm64';

/** An argument, counted from 0, of which the bits under `mask` must be one of `is`. Of its lower 32 bits alone. */
export interface Condition {
  readonly argument: 0 | 1 | 2 | 3 | 4 | 5;
  readonly mask: number;
  readonly is: readonly number[];
}

export interface SystemCall {
  readonly name: string;
  readonly numbers: Readonly<Record<Architecture, number | undefined>>;
  /** All of them hold, or it is refused. */
  readonly only: readonly Condition[];
}

export interface SystemCallGroup {
  readonly reason: string;
  readonly calls: readonly SystemCall[];
}

type Row = readonly [x64: number, arm64: number | undefined, ...only: readonly Condition[]];

const group = (reason: string, rows: Readonly<Record<string, Row>>): SystemCallGroup => ({
  reason,
  calls: Object.entries(rows).map(([name, [x64, arm64, ...only]]) => ({ name, numbers: { x64, arm64 }, only })),
});

const whole = 0xffff_ffff;
const oneOf = (argument: Condition['argument'], ...is: readonly number[]): Condition => ({ argument, mask: whole, is });
const protection = { write: 2, execute: 4 } as const; // PROT_WRITE, PROT_EXEC

/** CLONE_VM, CLONE_SIGHAND and CLONE_THREAD set, and none of CLONE_NEW*: a thread of this process, never another process. */
const threadFlags = 0x0001_0900;
const namespaceFlags = 0x7e02_0080;

const waiting = group('waits for sockets, timers and its own threads', {
  futex: [202, 98],
  epoll_pwait: [281, 22],
  epoll_wait: [232, undefined],
  epoll_ctl: [233, 21],
  epoll_create1: [291, 20],
  eventfd2: [290, 19],
  pipe2: [293, 59],
  poll: [7, undefined],
  ppoll: [271, 73],
});

const passing = group('reads and writes what is open', {
  read: [0, 63],
  write: [1, 64],
  readv: [19, 65],
  writev: [20, 66],
  pread64: [17, 67],
  pwrite64: [18, 68],
  close: [3, 57],
  lseek: [8, 62],
  dup: [32, 23],
  fcntl: [72, 25],
  // FIONBIO, FIOCLEX, FIONREAD, and what tells a terminal from a file. None that types into a terminal (TIOCSTI).
  ioctl: [16, 29, oneOf(1, 0x5421, 0x5451, 0x541b, 0x5401, 0x5413)],
});

const serving = group('serves the sockets that were handed in; it can make, bind and connect none', {
  accept4: [288, 242],
  listen: [50, 201],
  shutdown: [48, 210],
  getsockname: [51, 204],
  getpeername: [52, 205],
  getsockopt: [55, 209],
  // Of TCP (6): TCP_NODELAY. Of sockets (1): SO_REUSEADDR, SO_LINGER. No filter (SO_ATTACH_BPF) among them.
  setsockopt: [54, 208, oneOf(1, 1, 6), oneOf(2, 1, 2, 13)],
  // The channel to the parent, which hands over the sockets of a dial-back.
  recvmsg: [47, 212],
  sendmsg: [46, 211],
});

const files = group('finds and keeps files; which ones is for the mounts to say', {
  openat: [257, 56],
  open: [2, undefined],
  stat: [4, undefined],
  lstat: [6, undefined],
  fstat: [5, 80],
  newfstatat: [262, 79],
  statx: [332, 291],
  access: [21, undefined],
  faccessat: [269, 48],
  faccessat2: [439, 439],
  readlink: [89, undefined],
  readlinkat: [267, 78],
  getcwd: [79, 17],
  getdents64: [217, 61],
  mkdir: [83, undefined],
  mkdirat: [258, 34],
  unlink: [87, undefined],
  unlinkat: [263, 35],
  rename: [82, undefined],
  renameat: [264, 38],
  renameat2: [316, 276],
  truncate: [76, 45],
  ftruncate: [77, 46],
  fsync: [74, 82],
  fdatasync: [75, 83],
  chmod: [90, undefined],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchown: [93, 55], // SQLite gives its files to whoever has the first
});

const memory = group('takes and gives back memory', {
  brk: [12, 214],
  munmap: [11, 215],
  mremap: [25, 216],
  madvise: [28, 233],
});

const compiling = group('memory that is written and then run, which is what a compiler in the process does', {
  mmap: [9, 222],
  mprotect: [10, 226],
});

/** None is ever both, and nothing that is there becomes executable. The loader maps the code of files, and that is all. */
const notCompiling = group('memory that is written or run, never both (W^X)', {
  mmap: [
    9,
    222,
    { argument: 2, mask: protection.write | protection.execute, is: [0, protection.write, protection.execute] },
  ],
  mprotect: [10, 226, { argument: 2, mask: protection.execute, is: [0] }],
});

const threads = group('has threads of its own, and no other process', {
  clone: [56, 220, { argument: 0, mask: threadFlags | namespaceFlags, is: [threadFlags] }],
  set_robust_list: [273, 99],
  rseq: [334, 293],
  set_tid_address: [218, 96],
  gettid: [186, 178],
  sched_getaffinity: [204, 123],
  sched_yield: [24, 124],
  sched_getscheduler: [145, 120],
  sched_getparam: [143, 121],
  membarrier: [324, 283],
  arch_prctl: [158, undefined],
  prctl: [157, 167, oneOf(0, 15, 0x5356_4d41)], // PR_SET_NAME, PR_SET_VMA: names for threads and for memory
  exit: [60, 93],
  exit_group: [231, 94],
});

const signals = group('is told to stop, and ends itself where it must', {
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  rt_sigreturn: [15, 139],
  sigaltstack: [131, 132],
  tgkill: [234, 131],
  restart_syscall: [219, 128],
});

const knowing = group('knows the time, itself, and its limits', {
  clock_gettime: [228, 113],
  clock_getres: [229, 114],
  gettimeofday: [96, 169],
  time: [201, undefined],
  clock_nanosleep: [230, 115],
  nanosleep: [35, 101],
  getpid: [39, 172],
  getppid: [110, 173],
  getuid: [102, 174],
  geteuid: [107, 175],
  getgid: [104, 176],
  getegid: [108, 177],
  capget: [125, 90],
  uname: [63, 160],
  sysinfo: [99, 179],
  getrusage: [98, 165],
  getcpu: [309, 168],
  prlimit64: [302, 261, oneOf(0, 0)],
  getrandom: [318, 278],
});

const starting = group(
  'is started: the filter is in place before. Later it can only begin Node anew, under the same filter',
  {
    execve: [59, 221],
  },
);

/** `compiler`: code is made while the program runs, as V8 does unless it is told not to (`--jitless`). */
export const allowedSystemCalls = (compiler: boolean): readonly SystemCallGroup[] => [
  waiting,
  passing,
  serving,
  memory,
  compiler ? compiling : notCompiling,
  threads,
  knowing,
  files,
  signals,
  starting,
];

/** Said to be unknown rather than refused: for each there is an older call to go back to, and that one can be judged. */
export const unknownSystemCalls: SystemCallGroup = group('as on a kernel that has none', {
  clone3: [435, 435], // its flags are in memory, where a filter cannot read them
  openat2: [437, 437],
  io_uring_setup: [425, 425], // whatever is asked for by way of a ring is seen by no filter
});
