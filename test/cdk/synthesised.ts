import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as v from 'valibot';
import { addStacks, type Stacks } from '../../infra/stacks/app.ts';
import { type StackConfig, stackConfigSchema } from '../../infra/stacks/config.ts';

/* The stacks, made in this process: with the context of cdk.json, as the command line makes them. */

const root = join(import.meta.dirname, '../..');

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export const exampleConfig: StackConfig = v.parse(
  stackConfigSchema,
  readJson(join(import.meta.dirname, 'deployment.json')),
);

const context = v.parse(
  v.object({ context: v.record(v.string(), v.unknown()) }),
  readJson(join(root, 'cdk.json')),
).context;

export const templateSchema = v.looseObject({
  Resources: v.record(
    v.string(),
    v.looseObject({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown())) }),
  ),
});
export type Template = v.InferOutput<typeof templateSchema>;

const reportSchema = v.object({
  pluginReports: v.array(
    v.looseObject({
      pluginName: v.string(),
      conclusion: v.string(),
      violations: v.array(v.unknown()),
      suppressedViolations: v.optional(v.array(v.looseObject({ ruleName: v.string() })), []),
    }),
  ),
});

export interface Synthesised {
  readonly status: Template;
  readonly host: Template | undefined;
  /** Of cdk-nag, cfn-guard and CDK's own checks. */
  readonly reports: v.InferOutput<typeof reportSchema>['pluginReports'];
}

/** `tamper` may do to the stacks what somebody might, before they are checked. */
export function synthesised(config: StackConfig, tamper?: (stacks: Stacks) => void): Synthesised {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-synth-'));
  const exitCode = process.exitCode;
  try {
    const app = new App({ outdir: folder, context, analyticsReporting: false });
    const stacks = addStacks(app, config, join(import.meta.dirname, 'poller'));
    tamper?.(stacks);
    try {
      app.synth();
    } catch (error) {
      // What was found is in the report, which is there all the same.
      if (tamper === undefined) throw error;
    }
    const template = (stack: string): Template =>
      v.parse(templateSchema, readJson(join(folder, `${stack}-${config.name}.template.json`)));
    const report = v.parse(reportSchema, readJson(join(folder, 'validation-report.json')));
    const hasHost = existsSync(join(folder, `PinataHost-${config.name}.template.json`));
    return {
      status: template('PinataStatus'),
      host: hasHost ? template('PinataHost') : undefined,
      reports: report.pluginReports,
    };
  } finally {
    // What a check finds is in the report; CDK says it by the status of the whole process, too.
    process.exitCode = exitCode;
    rmSync(folder, { recursive: true, force: true });
  }
}
