import { attackUsage } from '../service/tools/attack-options.ts';
import { bridgeUsage } from '../service/tools/bridge-options.ts';
import { challengeUsage } from '../service/tools/challenge-options.ts';
import { exploreUsage } from '../service/tools/explore-options.ts';
import { simulateUsage } from '../service/tools/simulate-options.ts';
import { verifyUsage } from '../service/tools/verify-options.ts';
import { buildUsage, rebuildUsage } from './build/options.ts';
import { claimUsage, refundKeyUsage, refundUsage } from './claim/usage.ts';
import {
  costUsage,
  deployUsage,
  destroyUsage,
  doctorUsage,
  logsUsage,
  retireUsage,
  rotateUsage,
  upgradeUsage,
} from './deploy/usage.ts';
import { esploraUsage } from './esplora-usage.ts';
import { diallerUsage } from './sandbox/dialler-usage.ts';
import { statusUsage } from './status/usage.ts';
import { walletUsage } from './wallet-usage.ts';

/** What the launcher is to become (become.mjs). */
export interface Program {
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** One verb of `btc-pinata`. What it does is loaded when it is called: `help` should not wait for a TLS engine. */
export interface Command {
  /** One line for `btc-pinata help`. */
  readonly summary: string;
  /** What `--help` prints. Absent: the verb is a program of its own, which is asked itself. */
  readonly usage?: string;
  /** The exit status, or the program that goes on from here. */
  run(argv: readonly string[]): Promise<number | Program>;
}

/** The verbs, in the order of `btc-pinata help`. A new one is an entry here and nothing else. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'run',
    {
      summary: 'start a piñata on this machine and attack it',
      run: async (argv) => (await import('./run.ts')).runVerb(argv),
    },
  ],
  [
    'bridge',
    {
      summary: 'short-circuit a piñata: join its server port to its client port and watch the key go by',
      usage: bridgeUsage,
      run: async (argv) => (await import('../service/tools/bridge-command.ts')).bridgeCommand(argv),
    },
  ],
  [
    'challenge',
    {
      summary: 'have a piñata prove that it holds its key, and check the proof line by line',
      usage: challengeUsage,
      run: async (argv) => (await import('../service/tools/challenge-command.ts')).challengeCommand(argv),
    },
  ],
  [
    'verify',
    {
      summary: 'say in one screen what is proven of a piñata, its key, its program, its machine, and what is not',
      usage: verifyUsage,
      run: async (argv) =>
        (await import('../service/tools/verify-command.ts')).verifyCommand(argv, async () =>
          (await import('./newest-release.ts')).newestRelease(),
        ),
    },
  ],
  [
    'attack',
    {
      summary: 'play one of a library of attacks, or your own, message by message, and see what comes back',
      usage: attackUsage,
      run: async (argv) => (await import('../service/tools/attack-command.ts')).attackCommand(argv),
    },
  ],
  [
    'explore',
    {
      summary: 'play every sequence of messages against the engine: only lawful handshakes may make a peer',
      usage: exploreUsage,
      run: async (argv) => (await import('../service/tools/explore-command.ts')).exploreCommand(argv),
    },
  ],
  [
    'simulate',
    {
      summary: 'send the crowd of 2015 and the scanners of today through a piñata, and compare what it counted',
      usage: simulateUsage,
      run: async (argv) =>
        (await import('../service/tools/simulate-command.ts')).simulateCommand(argv, (await import('./run.ts')).run),
    },
  ],
  [
    'trace',
    {
      summary: 'read what a piñata recorded: list, draw, explain byte by byte, count, export, verify',
      run: async (argv) => (await import('../service/tools/trace-command.ts')).traceCommand(argv),
    },
  ],
  [
    'dialler',
    {
      summary: 'dial back for a piñata that has no network of its own',
      usage: diallerUsage,
      run: async (argv) => (await import('./sandbox/dialler.ts')).diallerCommand(argv),
    },
  ],
  [
    'wallet',
    {
      summary: 'make the wallet of a piñata and seal its key, show what everybody may know of it, open a recovery copy',
      usage: walletUsage,
      run: async (argv) => (await import('./wallet.ts')).walletCommand(argv),
    },
  ],
  [
    'status',
    {
      summary: 'say what became of the coins, by explorers or by a status page that is held against them',
      usage: statusUsage,
      run: async (argv) => (await import('./status/status-command.ts')).statusVerb(argv),
    },
  ],
  [
    'esplora',
    {
      summary: 'answer as a block explorer does, out of your own bitcoind',
      usage: esploraUsage,
      run: async (argv) => (await import('./esplora-command.ts')).esploraCommand(argv),
    },
  ],
  [
    'claim',
    {
      summary: 'sweep the wallet with what a piñata released to you',
      usage: claimUsage,
      run: async (argv) => (await import('./claim/claim-command.ts')).claimCommand(argv),
    },
  ],
  [
    'refund',
    {
      summary: "take a vault's coins back, as its operator, once its height has come",
      usage: refundUsage,
      run: async (argv) => (await import('./claim/refund-command.ts')).refundCommand(argv),
    },
  ],
  [
    'refund-key',
    {
      summary: "make the operator's own key, which a vault pays back to",
      usage: refundKeyUsage,
      run: async (argv) => (await import('./claim/refund-key-command.ts')).refundKeyCommand(argv),
    },
  ],
  [
    'deploy',
    {
      summary: 'put a piñata into a cloud, with its status page, and verify it; run again, it goes on',
      usage: deployUsage,
      run: async (argv) => (await import('./deploy/deploy-command.ts')).deployCommand(argv),
    },
  ],
  [
    'doctor',
    {
      summary: 'look at all that deploy needs, and change nothing; print the IAM policy',
      usage: doctorUsage,
      run: async (argv) => (await import('./deploy/doctor-command.ts')).doctorCommand(argv),
    },
  ],
  [
    'cost',
    {
      summary: 'what a deployment costs a month',
      usage: costUsage,
      run: async (argv) => (await import('./deploy/doctor-command.ts')).costCommand(argv),
    },
  ],
  [
    'upgrade',
    {
      summary: 'put another release on a host: a new server with the same address and wallet',
      usage: upgradeUsage,
      run: async (argv) => (await import('./deploy/upgrade-command.ts')).upgradeCommand(argv),
    },
  ],
  [
    'rotate',
    {
      summary: 'restart a host, which makes new certificate authorities',
      usage: rotateUsage,
      run: async (argv) => (await import('./deploy/host-commands.ts')).rotateCommand(argv),
    },
  ],
  [
    'logs',
    {
      summary: 'what a host prints on its console',
      usage: logsUsage,
      run: async (argv) => (await import('./deploy/host-commands.ts')).logsCommand(argv),
    },
  ],
  [
    'retire',
    {
      summary: 'announce the end of a deployment, signed with its refund key',
      usage: retireUsage,
      run: async (argv) => (await import('./deploy/retire-command.ts')).retireCommand(argv),
    },
  ],
  [
    'destroy',
    {
      summary: 'remove a deployment; refuses while coins are held',
      usage: destroyUsage,
      run: async (argv) => (await import('./deploy/destroy-command.ts')).destroyCommand(argv),
    },
  ],
  [
    'build',
    {
      summary: 'make the release of this checkout, bit for bit the same wherever it is made',
      usage: buildUsage,
      run: async (argv) => (await import('./build/build-command.ts')).buildCommand(argv),
    },
  ],
  [
    'rebuild',
    {
      summary: 'build a published release again, in a clean place, and compare',
      usage: rebuildUsage,
      run: async (argv) => (await import('./build/rebuild-command.ts')).rebuildCommand(argv),
    },
  ],
]);
