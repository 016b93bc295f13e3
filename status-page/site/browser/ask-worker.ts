import evidenceWorker from './evidence-worker.ts?worker&url';
import proofWorker from './proof-worker.ts?worker&url';

/*
 * Signatures are verified beside the page and not in it: for some hundred milliseconds on a slow phone nothing there would
 * move. A worker has one question and one answer.
 */

const addresses = { proof: proofWorker, evidence: evidenceWorker } as const;

/** Of all that could become a script the page lets these two alone: its policy names no other maker of them. */
const policy = window.trustedTypes?.createPolicy('workers', {
  createScriptURL: (address) => {
    if (address !== proofWorker && address !== evidenceWorker)
      throw new RangeError(`${address} is no worker of this page`);
    return address;
  },
});

/** `question` and the answer are plain data. Rejects with an Error for people. */
export function askWorker<Question, Answer>(name: keyof typeof addresses, question: Question): Promise<Answer> {
  const address = addresses[name];
  const worker = new Worker(policy?.createScriptURL(address) ?? address, { type: 'module' });
  return new Promise<Answer>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => resolve(data), { once: true });
    worker.addEventListener('error', () => reject(new Error('this browser did not run the check to its end')), {
      once: true,
    });
    worker.postMessage(question);
  }).finally(() => worker.terminate());
}
