import { type EvidenceQuestion, judgeEvidence } from './judge-evidence.ts';

addEventListener('message', ({ data }: MessageEvent<EvidenceQuestion>) => postMessage(judgeEvidence(data)));
