/* What came of one part of a run: it was seen, or not, and why. */

export type Finding<T> =
  | { readonly seen: true; readonly value: T }
  /** In words for people, which may quote a stranger: short, and one line. */
  | { readonly seen: false; readonly reason: string };

export const found = <T>(value: T): Finding<T> => ({ seen: true, value });
export const missing = (reason: unknown): { readonly seen: false; readonly reason: string } => ({
  seen: false,
  reason: oneLine(withoutAdvice(reason)),
});

/** Never rejects, and never takes longer: what does not heed the signal is left behind. */
export async function within<T>(
  milliseconds: number,
  what: string,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<Finding<T>> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding<T>>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve(missing(`${what}: nothing within ${Math.round(milliseconds / 100) / 10} s`));
    }, milliseconds);
  });
  const acting = act(controller.signal).then(found<T>, missing);
  try {
    return await Promise.race([acting, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What happened, without what the tools add for whoever typed a command: the page is read by everybody. */
export const withoutAdvice = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(
    /\. Is (?:a piñata running there,|it spelled right\?).*$/s,
    '',
  );

const oneLine = (text: string): string => {
  const line = text.replace(/[^ -~ñ]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
};
