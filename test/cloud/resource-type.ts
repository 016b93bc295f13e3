import type { ClientSettings } from './emulated-cloud.ts';

/** A type of resource: how one is made, changed and deleted, by the calls that CloudFormation makes for it. */

export interface Made {
  /** What `Ref` gives. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceType {
  create(settings: ClientSettings, properties: unknown, subject: Subject): Promise<Made>;
  /** Without it a changed resource is a new one, and the old one goes. */
  update?(
    settings: ClientSettings,
    physicalId: string,
    properties: unknown,
    subject: Subject,
  ): Promise<Made | 'replace'>;
  delete(settings: ClientSettings, physicalId: string, properties: unknown, subject: Subject): Promise<void>;
}

export interface Subject {
  readonly account: string;
  readonly stack: string;
  readonly logicalId: string;
}

/** A part of an answer that the service's model says may be absent, and that has to be there. */
export function present<Part>(part: Part | undefined, what: string): Part {
  if (part === undefined) throw new Error(`the answer has no ${what}`);
  return part;
}
