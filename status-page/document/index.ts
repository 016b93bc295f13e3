/** The typed model that the poller writes and the page shows. */
export { chainSchema, type VerdictName, verdicts } from './chain.ts';
export { type Door, doors, latest, type Observed } from './fields.ts';
export {
  type DayDocument,
  type DaySum,
  dayFormat,
  daySchema,
  daySumSchema,
  type HistoryDocument,
  historyFormat,
  historySchema,
  type PollDocument,
  pollSchema,
  type TrafficDocument,
} from './history.ts';
export {
  type IncidentDocument,
  incidentImpacts,
  incidentParts,
  incidentSchema,
  incidentStates,
} from './incidents.ts';
export {
  type ArchiveDocument,
  type AuthorityDocument,
  type CountersDocument,
  type EvidenceDocument,
  type ProbeDocument,
  type ProofDocument,
  type StatusDocument,
  statusFormat,
  statusSchema,
} from './status.ts';
