/** The public face of trace: what a connection is told by, which category it is in, and how many there were. */
export type {
  ArchivedAttempt,
  ArchiveSummary,
  AttemptQuery,
  DayChain,
  DayTally,
  Greeting,
  PageQuery,
  RejectedCertificate,
  TraceArchive,
} from './archive.ts';
export {
  type AttemptBody,
  type AttemptHead,
  type Direction,
  type GenerationLine,
  type Inner,
  type TraceStep,
  traceFormat,
} from './attempt.ts';
export {
  type ChainReport,
  chained,
  compareChain,
  type JournalOfDay,
  journalDay,
  type VerifiedDay,
  verifyJournals,
} from './chain.ts';
export { begin, type Classification, classify, conclude, type Observed, observe } from './classify.ts';
export {
  type BareType,
  type ConnectionEvent,
  type DialBackOutcome,
  isBare,
  type LifecycleEvent,
  type PortKey,
  portKeys,
  type ReleaseKind,
} from './connection-event.ts';
export type { FailureEntry, InTheArticle, Nature } from './failure-entry.ts';
export { failureKey, reasonsOf } from './failure-key.ts';
export { type FailureKey, failureChapters, failureKeys, failureTable } from './failure-table.ts';
export { type HandshakeCounts, type HandshakeStage, HandshakeTally, stageOf } from './handshake-tally.ts';
export { headLine } from './head-line.ts';
export { hex } from './hex.ts';
export {
  emptyRegisters,
  estimate,
  type Footprint,
  footprint,
  leave,
  registerCount,
  union,
} from './hyperloglog.ts';
export { percentages } from './percentages.ts';
export { type FrameHeader, frameHeader, frameHeaderLength, framesIn, readFrameHeader } from './segment-frames.ts';
export { type CategoryTally, type PortTally, Tally, type TallySnapshot } from './tally.ts';
export {
  type AttemptLine,
  type Parsed,
  type ParsedTraceLine,
  parseAttemptBody,
  parseAttemptHead,
  parseTraceLine,
  readAttemptHead,
  type TraceLine,
  traceLine,
  traceSchema,
} from './trace-line.ts';
export { traceStep } from './trace-step.ts';
export { Visitors } from './visitors.ts';
