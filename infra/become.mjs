import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Goes on as another program. Where the platform can replace a process it does: one pid, and signals, terminal and exit
 * status are the program's own. Otherwise the program is a child that is passed every signal, and the returned promise is
 * its exit status; if a signal ended it, this process ends by the same.
 */
export function become([command = '', ...rest], environment) {
  const descriptors = handedDescriptors(environment);
  // Node marks the descriptors it inherits as its own: they would not outlive a replacement, a child can be given them.
  if (process.platform !== 'win32' && typeof process.execve === 'function' && descriptors.length === 0) {
    process.execve(command.includes('/') ? command : `/bin/${command}`, [command, ...rest], environment);
  }
  const { LISTEN_PID: _meantForUs, ...passedOn } = environment;
  const child = spawn(command, rest, {
    stdio: ['inherit', 'inherit', 'inherit', ...descriptors],
    env: descriptors.length === 0 ? environment : passedOn,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    if (process.platform === 'win32' && signal === 'SIGUSR2') continue;
    process.on(signal, () => {
      // ^C and ^\ reach every process in the terminal's foreground group: passed on, the child would count two of them.
      const fromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY;
      if (!fromTerminal) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === null) return resolve(code ?? 1);
      // A shell or a supervisor is to see the signal; 128 + n where this process survives it.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      setTimeout(() => resolve(128 + (constants.signals[signal] ?? 0)), 500);
    });
  });
}

/** Listeners that a supervisor has opened for this process (sd_listen_fds(3)): 3 and those after it. */
function handedDescriptors({ LISTEN_FDS: count = '', LISTEN_PID: meant }) {
  if (!/^[1-9][0-9]{0,2}$/.test(count) || (meant !== undefined && meant !== String(process.pid))) return [];
  return Array.from({ length: Number(count) }, (_, index) => 3 + index);
}
