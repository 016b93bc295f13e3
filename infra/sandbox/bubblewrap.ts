import type { SandboxManifest } from './manifest.ts';
import type { Runtime } from './runtime.ts';

/* The manifest as bubblewrap's command line (bwrap(1)): namespaces of its own for everything, and in them what is said here. */

export interface Bubblewrapped {
  readonly manifest: SandboxManifest;
  readonly runtime: Runtime;
  /** Path inside -> path on this machine, for what is bound. */
  readonly bound: ReadonlyMap<string, string>;
  /** Path inside -> descriptor of bwrap that its content is read from. */
  readonly written: ReadonlyMap<string, number>;
  readonly descriptors: {
    /** The listening ones, from 3 on. */
    readonly sockets: readonly string[];
    readonly channel: number;
    readonly filter: number;
    /** Where bwrap says the process id of what it started. */
    readonly status: number;
  };
  readonly words: readonly string[];
}

const node = '/bin/node';

export function bubblewrapArguments(options: Bubblewrapped): readonly string[] {
  const { manifest, runtime, bound, written, descriptors, words } = options;
  const { sockets, channel, filter, status } = descriptors;
  const environment = {
    LISTEN_FDS: String(sockets.length),
    LISTEN_FDNAMES: sockets.join(':'),
    NODE_CHANNEL_FD: String(channel),
    NODE_CHANNEL_SERIALIZATION_MODE: 'json',
  };
  return [
    ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--disable-userns', '--cap-drop', 'ALL', '--new-session', '--die-with-parent'],
    '--as-pid-1', // its signals and its end are its own
    ...['--hostname', 'pinata', '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...[node, ...runtime.libraries].flatMap((path) => ['--ro-bind', path === node ? runtime.node : path, path]),
    ...manifest.devices.flatMap((path) => ['--dev-bind', path, path]),
    ...manifest.files.flatMap(({ path, access }) => {
      const descriptor = written.get(path);
      if (descriptor !== undefined) return ['--ro-bind-data', String(descriptor), path];
      const source = bound.get(path);
      return source === undefined ? [] : [access === 'read' ? '--ro-bind' : '--bind', source, path];
    }),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...['--seccomp', String(filter), '--json-status-fd', String(status)],
    ...['--', node, ...manifest.flags, ...words],
  ];
}
