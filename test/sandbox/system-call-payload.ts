/*
 * What a native payload would ask the kernel for. Written in Perl, whose `syscall` takes any number with any arguments, and
 * which every Debian has.
 */

/** Name -> number on x86-64, number on arm64, arguments as Perl. */
export const attempts: Readonly<Record<string, readonly [x64: number, arm64: number, ...words: readonly string[]]>> = {
  'a TCP socket': [41, 198, '2', '1', '0'],
  'a UDP socket': [41, 198, '2', '2', '0'],
  'a TCP socket over IPv6': [41, 198, '10', '1', '0'],
  'a raw socket': [41, 198, '2', '3', '1'],
  'a packet socket': [41, 198, '17', '3', '0'],
  'a netlink socket': [41, 198, '16', '3', '0'],
  'a Unix socket': [41, 198, '1', '1', '0'],
  'a socket to the hypervisor': [41, 198, '40', '1', '0'],
  'a pair of sockets': [53, 199, '1', '1', '0', '$buffer'],
  'connecting an inherited socket': [42, 203, '3', '$loopback', '16'],
  'binding an inherited socket': [49, 200, '3', '$loopback', '16'],
  'binding an abstract name': [49, 200, '3', '$abstract', '8'],
  'sending to an address': [44, 206, '3', '$buffer', '1', '0', '$loopback', '16'],
  'a filter on an inherited socket': [54, 208, '3', '1', '26', '$buffer', '16'],
  'tracing the parent': [101, 117, '16', '1', '0', '0'],
  'letting itself be traced': [101, 117, '0', '0', '0', '0'],
  "reading another process's memory": [310, 270, '1', '$buffer', '1', '$buffer', '1', '0'],
  "writing another process's memory": [311, 271, '1', '$buffer', '1', '$buffer', '1', '0'],
  'a handle on a process': [434, 434, '1', '0'],
  "another process's descriptor": [438, 438, '1', '0', '0'],
  'killing every other process': [62, 129, '-1', '9'],
  forking: [56, 220, '17', '0', '0', '0', '0'],
  'a child with namespaces of its own': [56, 220, '0x10000011', '0', '0', '0', '0'],
  'a namespace for users': [272, 97, '0x10000000'],
  'a network namespace': [272, 97, '0x40000000'],
  "another process's namespace": [308, 268, '0', '0'],
  mounting: [165, 40, '$root', '$root', '$buffer', '4096', '0'],
  unmounting: [166, 39, '$root', '2'],
  'another root': [155, 41, '$root', '$root'],
  chroot: [161, 51, '$root'],
  'a tree of mounts': [428, 428, '-100', '$root', '1'],
  'moving a mount': [429, 429, '-100', '$root', '-100', '$root', '0'],
  'a new file system': [430, 430, '$root', '0'],
  'a device node': [259, 33, '-100', '$root', '0x2180', '0x101'],
  'a symbolic link': [266, 36, '$root', '-100', '$name'],
  'a hard link': [265, 37, '-100', '$root', '-100', '$name', '0'],
  'a file by its handle': [304, 265, '-100', '$buffer', '0'],
  keyctl: [250, 219, '0', '-3', '0', '0', '0'],
  'adding a key': [248, 217, '$name', '$name', '$buffer', '1', '-3'],
  'asking for a key': [249, 218, '$name', '$name', '0', '0'],
  'a program in the kernel (bpf)': [321, 280, '0', '$buffer', '64'],
  'performance counters': [298, 241, '$buffer', '0', '-1', '-1', '0'],
  userfaultfd: [323, 282, '0'],
  'entering a ring (io_uring)': [426, 426, '3', '0', '0', '0', '0', '0'],
  'registering with a ring (io_uring)': [427, 427, '3', '0', '0', '0'],
  'a file in memory alone': [319, 279, '$name', '0'],
  'executing a descriptor': [322, 281, '3', '$buffer', '0', '0', '0x1000'],
  'another user': [105, 146, '1'],
  'another group': [106, 144, '1'],
  capabilities: [126, 91, '$buffer', '$buffer'],
  'a kernel module': [313, 273, '3', '$buffer', '0'],
  'another kernel': [246, 104, '0', '0', '0', '0'],
  rebooting: [169, 142, '0xfee1dead', '672274793', '0x1234567', '0'],
  'another host name': [170, 161, '$name', '1'],
  'another time': [227, 112, '0', '$buffer'],
  'the log of the kernel': [103, 116, '3', '$buffer', '64'],
  swapping: [167, 224, '$root', '0'],
  accounting: [163, 89, '$root'],
  'watching all files': [300, 262, '0', '0'],
  'another personality': [135, 92, '0x0400000'],
  'being dumpable, for a debugger': [157, 167, '4', '1', '0', '0', '0'],
  'another filter': [317, 277, '1', '0', '$buffer'],
  "another process's limits": [302, 261, '1', '4', '0', '$buffer'],
  'typing into the terminal': [16, 29, '1', '0x5412', '$buffer'],
  'shared memory': [29, 194, '0', '4096', '0x3ff'],
  'a message queue': [68, 186, '0', '0x3ff'],
  semaphores: [64, 190, '0', '1', '0x3ff'],
};

/** Refused as on a kernel that does not have them. */
export const unknown: typeof attempts = {
  'clone3, whose flags no filter sees': [435, 435, '$buffer', '88'],
  'a ring (io_uring)': [425, 425, '1', '$buffer'],
  openat2: [437, 437, '-100', '$root', '$buffer', '24'],
};

/** Prints `name: errno`, or `name: DONE`, a line for each; then what else it sees, as lines of the same form. No module of Perl's is there. */
export function systemCallPayload(architecture: 'x64' | 'arm64'): string {
  const calls = Object.entries({ ...attempts, ...unknown }).map(([name, [x64, arm64, ...words]]) => {
    const call = [architecture === 'x64' ? x64 : arm64, ...words].join(', ');
    return `attempt(${JSON.stringify(name).replaceAll('$', '\\$').replaceAll('@', '\\@')}, sub { syscall(${call}) });`;
  });
  const map = architecture === 'x64' ? 9 : 222;
  return `
$| = 1;
my $buffer = "\\0" x 4096; my $root = "/data\\0"; my $name = "/data/made\\0";
my $loopback = pack('S n C4 x8', 2, 80, 127, 0, 0, 1); my $abstract = pack('S', 1) . "\\0name\\0";
sub attempt { my ($name, $act) = @_; $! = 0; my $result = $act->(); print "$name: ", ($result == -1 ? error() : 'DONE'), "\\n"; }
sub error { return 0 + $! }
${calls.join('\n')}
attempt('memory to write and run', sub { syscall(${map}, 0, 4096, 7, 0x22, -1, 0) });
for my $path (qw(/etc/passwd /proc/self/mem /proc/1/environ /proc/self/maps /sys/kernel /dev/mem /dev/kmsg /dev/pts/0 /run/systemd /home /root /data/to-etc /data/to-root/etc/shadow)) {
  print "reading $path: ", (open(my $file, '<', $path) ? 'DONE' : error()), "\\n";
}
for my $path (qw(/made /tmp/made /bin/made /program/btc-pinata.cjs /bin/node /program/made /dev/made /proc/uptime /data/to-etc /secrets/made)) {
  print "writing $path: ", (open(my $file, '>', $path) ? 'DONE' : error()), "\\n";
}
print "writing /data/kept: ", (open(my $file, '>', '/data/kept') ? 'DONE' : error()), "\\n";
sub walk { my ($folder) = @_; opendir(my $open, "$folder/") or return; my @names = sort grep { !/^\\.\\.?$/ } readdir($open);
  for my $found (@names) { my $path = "$folder/$found"; if (-d $path && !-l $path) { walk($path) } else { print "seen $path: yes\\n" } } }
walk('');
print "environment: ", join(' ', sort keys %ENV), "\\n";
my $limit = "\\0" x 16; syscall(${architecture === 'x64' ? 302 : 261}, 0, 4, 0, $limit); print "core: ", join(' ', unpack('Q2', $limit)), "\\n";
for my $descriptor (0 .. 63) { if (open(my $copy, '<&', $descriptor)) { print "open $descriptor: ", (-S $copy ? 'socket' : -p $copy ? 'pipe' : -f $copy ? 'file' : -c $copy ? 'device' : 'other'), "\\n" } }
print "end\\n";
`;
}
