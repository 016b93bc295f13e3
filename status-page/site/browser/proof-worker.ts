import { judgeProof, type ProofQuestion } from './judge-proof.ts';

addEventListener('message', ({ data }: MessageEvent<ProofQuestion>) => postMessage(judgeProof(data)));
