import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyPorts } from '../host/program.ts';
import { required } from '../support/required.ts';
import { noSandbox, tried } from './confined.ts';
import { attempts, systemCallPayload, unknown } from './system-call-payload.ts';

/*
 * Escapes: what a payload tries that runs in the place of the service, in the very sandbox. Once as somebody who has the
 * service's JavaScript do as they please, and once as native code that asks the kernel.
 */

const perl = required.tool('perl');
const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';

const folder = mkdtempSync(join(tmpdir(), 'pinata-escape-'));
const data = join(folder, 'data');
const flags = ['--data', data, ...anyPorts, '--no-allow-private-dialback'];
const script = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(() => {
  mkdirSync(data);
  // Whoever put them there, they lead nowhere.
  symlinkSync('/etc/passwd', join(data, 'to-etc'));
  symlinkSync('/', join(data, 'to-root'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { EPERM, ENOSYS, ENOENT, EROFS } = constants.errno;
const given = ['/program/btc-pinata.cjs', '/program/configuration.json', '/program/sandbox.json'];

describe.skipIf(noSandbox || perl.missing)('native code', () => {
  describe.each([false, true])('without a compiler: %s', (jitless) => {
    let table: ReadonlyMap<string, string> = new Map();
    beforeAll(async () => {
      const payload = script('payload.pl', systemCallPayload(architecture));
      const more = jitless ? ['--jitless', ...flags] : flags;
      const end = await tried('perl', payload, more, { OF_THE_PARENT: 'secret' });
      expect([end.code, end.stderr]).toEqual([0, '']);
      table = end.table;
    });

    it.each(Object.keys(attempts))('%s: refused', (name) => {
      expect(table.get(name)).toBe(String(EPERM));
    });

    it.each(Object.keys(unknown))('%s: unknown', (name) => {
      expect(table.get(name)).toBe(String(ENOSYS));
    });

    it(`memory that is written and then run: ${jitless ? 'refused' : 'what a compiler needs'}`, () => {
      expect(table.get('memory to write and run')).toBe(jitless ? String(EPERM) : 'DONE');
    });

    it('reads no file that it was not given, nor by a link in --data', () => {
      const read = [...table].filter(([name]) => name.startsWith('reading /'));
      expect(read.length).toBeGreaterThan(10);
      expect(read.filter(([, what]) => what !== String(ENOENT))).toEqual([]);
    });

    it('writes in --data and nowhere else', () => {
      const written = [...table].filter(([name]) => name.startsWith('writing /'));
      expect(written.length).toBeGreaterThan(10);
      const refused = [String(EROFS), String(ENOENT)];
      expect(written.filter(([, what]) => !refused.includes(what)).map(([name]) => name)).toEqual([
        'writing /data/kept',
      ]);
      expect(readdirSync(data).toSorted()).toEqual(['kept', 'to-etc', 'to-root']);
    });

    it('sees the program, its runtime, what the kernel says, --data, and not one file more', () => {
      const paths = [...table.keys()].flatMap((name) => /^seen (.*)$/.exec(name)?.[1] ?? []);
      const expected = [
        ...['/bin/node', '/dev/null', '/dev/urandom', ...given],
        ...['/proc/sys/kernel/random/boot_id', '/proc/uptime'],
        ...['/data/kept', '/data/to-etc', '/data/to-root'],
      ];
      const libraries = paths.filter((path) => /^\/(?:usr\/)?lib.*\.so/.test(path));
      expect(libraries.length).toBeGreaterThan(1);
      const rest = paths.filter((path) => !libraries.includes(path) && !path.startsWith('/run/btc-pinata'));
      expect(new Set(rest)).toEqual(new Set(expected));
    });

    it('has the environment it was given, none of the parent’s', () => {
      expect(table.get('environment')).toBe(
        'LISTEN_FDNAMES LISTEN_FDS NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE PWD',
      );
    });

    it('can leave no core file', () => {
      expect(table.get('core')).toBe('0 0');
    });

    it('has the sockets, the channel, its two outputs, and no other descriptor', () => {
      const open = [...table].flatMap(([name, kind]) => (name.startsWith('open ') ? [[name.slice(5), kind]] : []));
      expect(open).toEqual([
        ['0', 'device'],
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((descriptor) => [String(descriptor), 'socket']),
        ['9', 'file'], // its own text, which Perl keeps open
      ]);
    });
  });

  it('a message to the parent that never ends is no way to the memory of the machine', async () => {
    // 3 to 7 listen, 8 is the channel; nothing of it is read as fast as it is written.
    const words =
      'open(my $c, ">&=", 8); my $x = "x" x 65536; while (1) { syswrite($c, $x) // select(undef, undef, undef, 0.001) }';
    const { code, stderr } = await tried('perl', script('endless.pl', words), flags);
    expect(stderr).toMatch(/the service says so much to the process that dials for it that this grew by \d{3} MiB/);
    expect(code).toBe(128 + constants.signals.SIGKILL);
  });

  it.skipIf(architecture !== 'x64')('a call of the x32 convention ends the process', async () => {
    const payload = script('x32.pl', 'syscall(0x40000000 + 39); print "survived: yes\\n";');
    const { code, table } = await tried('perl', payload, flags);
    expect(table.size).toBe(0);
    expect(code).toBe(128 + constants.signals.SIGSYS);
  });
});

/** Name -> what Node, the kernel or the parent says to it. */
const answers: Readonly<Record<string, string>> = {
  connecting: 'EPERM',
  'connecting to a Unix socket': 'EPERM',
  'connecting to an abstract name': 'EPERM',
  listening: 'EPERM',
  'listening on a Unix socket': 'EPERM',
  'a UDP socket': 'EPERM',
  fetch: 'EPERM',
  'asking for a name': 'ECONNREFUSED',
  'the addresses of the machine': 'ERR_SYSTEM_ERROR',
  'reading /etc/passwd': 'ERR_ACCESS_DENIED',
  'reading /proc/self/mem': 'ERR_ACCESS_DENIED',
  "reading the parent's environment": 'ERR_ACCESS_DENIED',
  'reading the runtime': 'ERR_ACCESS_DENIED',
  'listing /': 'ERR_ACCESS_DENIED',
  'writing the program': 'ERR_ACCESS_DENIED',
  'writing /tmp': 'ERR_ACCESS_DENIED',
  'a symbolic link in --data': 'ERR_ACCESS_DENIED',
  'a symbolic link that was there': 'ENOENT',
  'another folder by --data': 'ENOENT',
  'out of --data by dots': 'ERR_ACCESS_DENIED',
  'a child': 'ERR_ACCESS_DENIED',
  'becoming another program': 'ERR_ACCESS_DENIED',
  'a worker': 'ERR_ACCESS_DENIED',
  'an addon': 'ERR_DLOPEN_DISABLED',
  'an addon of the libraries': 'ERR_DLOPEN_DISABLED',
  WASI: 'ERR_ACCESS_DENIED',
  'the inspector': 'ERR_ACCESS_DENIED',
  'the inspector of itself': 'ERR_ACCESS_DENIED',
  'code from text': 'EvalError',
  'killing its parent': 'EPERM',
  'killing everybody': 'EPERM',
  'another user': 'EPERM',
  'another priority': 'ERR_SYSTEM_ERROR',
  'a report of its memory': 'ERR_ACCESS_DENIED',
  'the parent dialling loopback': 'blocked',
  'the parent dialling loopback, mapped': 'blocked',
  'the parent dialling a private network': 'blocked',
  'the parent dialling the metadata service': 'blocked',
  'the parent dialling a name': 'blocked',
  'the parent dialling for a flood': 'blocked',
};

describe.skipIf(noSandbox)("the service's own JavaScript", () => {
  const payload = join(import.meta.dirname, 'node-payload.cjs');

  it.each([
    ['with a compiler', flags],
    ['without one', ['--jitless', ...flags]],
  ])('%s: each attempt is refused', async (_, words) => {
    const { code, table } = await tried('node', payload, words);
    expect(Object.fromEntries(table)).toEqual(answers);
    // It ended of the memory that it was not given.
    expect(code).not.toBe(0);
  });

  it('where private addresses may be called, the metadata service may not, nor as many as one likes', async () => {
    const { table } = await tried('node', payload, ['--data', data, ...anyPorts, '--dialback-target-port', '1']);
    expect(table.get('the parent dialling the metadata service')).toBe('blocked');
    expect(table.get('the parent dialling for a flood')).toBe('blocked');
    expect(table.get('the parent dialling loopback')).toBe('refused');
  });
});
