import type { Sample, Target } from './target.ts';

/* The curves of a run: what the process holds and spends, four times a second. */

const milliseconds = 250;

/** Until `stop`, which gives what was seen; a process that is gone is seen no more. */
export function watch(target: Target): { readonly samples: readonly Sample[]; stop(): void } {
  const samples: Sample[] = [];
  const began = performance.now();
  let last = { at: began, cpu: target.cpu };
  const timer = setInterval(() => {
    try {
      const [at, cpu, residentMebibytes] = [performance.now(), target.cpu, target.residentMebibytes];
      const spent = Math.max(0, (cpu - last.cpu) / 1000 / (at - last.at));
      samples.push({ seconds: (at - began) / 1000, residentMebibytes, cpu: spent });
      last = { at, cpu };
    } catch {
      clearInterval(timer);
    }
  }, milliseconds);
  return { samples, stop: () => clearInterval(timer) };
}
