import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Rules that do not hold here, each with the reason. They stand in `cdk.out/validation-report.json`, and in docs/aws.md. */
export function acknowledged(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}
