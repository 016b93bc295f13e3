import * as v from 'valibot';
import { doors, seconds, text } from './fields.ts';

/* Incidents, in the words of the Atlassian status API, so that its clients read them. */

export const incidentImpacts = ['none', 'minor', 'major', 'critical'] as const;
export const incidentStates = ['investigating', 'identified', 'monitoring', 'resolved'] as const;
/** What an incident may be about: a door of the host, or a part of what is watched. */
export const incidentParts = [...doors, 'chain', 'build', 'authorities', 'proof', 'archive'] as const;

/** Part of URLs and of the permanent ids of the feed. */
const id = v.pipe(v.string(), v.regex(/^[0-9a-z-]{1,64}$/));

export const incidentSchema = v.object({
  /** Never given to another. */
  id,
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  impact: v.picklist(incidentImpacts),
  status: v.picklist(incidentStates),
  parts: v.array(v.picklist(incidentParts)),
  createdAt: seconds,
  /** Moves with each update, and at the end. */
  updatedAt: seconds,
  resolvedAt: v.nullable(seconds),
  /** The newest first. */
  updates: v.array(v.object({ id, at: seconds, status: v.picklist(incidentStates), text })),
});

export type IncidentDocument = v.InferOutput<typeof incidentSchema>;
